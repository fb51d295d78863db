//! A line between two nodes that a test cuts, or on which it changes what comes.

use std::sync::{Arc, Mutex};

use koinon_log::{Message, frames};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What goes over the line: the path and the messages asked.
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) messages: Vec<Message>,
}

/// What becomes of an answer's body: how much of it comes.
pub(crate) type Law = Box<dyn FnMut(&Asked, usize) -> usize + Send>;

/// A line. It carries one request on each connection.
pub(crate) struct Proxy {
    pub(crate) url: String,
    pub(crate) law: Arc<Mutex<Law>>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads a request or an answer: the head, and the body that it announces.
async fn read(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    })?;
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some((head, bytes[end..].to_vec()))
}

async fn carry(mut asking: TcpStream, to: String, law: Arc<Mutex<Law>>) -> Option<()> {
    let (head, body) = read(&mut asking).await?;
    let path = head.split(' ').nth(1)?.to_owned();
    // Only the exchange itself is made of messages.
    let messages = if path == "/exchange" { frames::read(&body).ok()? } else { Vec::new() };
    let mut answering = TcpStream::connect(to).await.ok()?;
    answering.write_all(head.as_bytes()).await.ok()?;
    answering.write_all(&body).await.ok()?;
    let (head, body) = read(&mut answering).await?;
    let most = (law.lock().unwrap())(&Asked { path, messages }, body.len());
    asking.write_all(head.replacen("\r\n", "\r\nconnection: close\r\n", 1).as_bytes()).await.ok()?;
    asking.write_all(&body[..most.min(body.len())]).await.ok()?;
    asking.shutdown().await.ok()
}

/// Puts a line before a node's address.
pub(crate) async fn line(url: &str, law: Law) -> Proxy {
    let to = url.strip_prefix("http://").unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let law = Arc::new(Mutex::new(law));
    let with = law.clone();
    let task = tokio::spawn(async move {
        while let Ok((asking, _)) = listener.accept().await {
            tokio::spawn(carry(asking, to.clone(), with.clone()));
        }
    });
    Proxy { url, law, task }
}
