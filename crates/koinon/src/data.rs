//! The data directory of a node: where it is, and how commands find the process that serves it.
//!
//! While a node serves, a file `console` in its data directory (mode 0600) says on which loopback port it answers
//! commands, and the token that they must show. Who can read the directory is who may act from the console.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::failure::{Complaint, Explain};
use crate::files;

/// The file that says where commands are answered.
const CONSOLE: &str = "console";
/// The most bytes of that file.
const CONSOLE_BYTES_MAX: usize = 200;

/// Which node is meant.
#[derive(Debug, Clone, Args)]
pub(crate) struct DataArgs {
    /// The node's data directory; without it, `$STATE_DIRECTORY` or ~/.local/share/koinon
    #[arg(long, value_name = "DIR", env = "KOINON_DATA")]
    data: Option<PathBuf>,
}

/// Where a serving node answers commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Desk {
    /// A loopback address.
    pub(crate) address: SocketAddr,
    /// What a command must show.
    pub(crate) token: String,
}

impl DataArgs {
    /// The node of a directory that was named otherwise.
    pub(crate) fn at(directory: PathBuf) -> Self {
        Self { data: Some(directory) }
    }

    /// The directory that was named, or the usual one.
    pub(crate) fn directory(&self) -> anyhow::Result<PathBuf> {
        if let Some(named) = &self.data {
            return Ok(named.clone());
        }
        if let Some(state) = std::env::var_os("STATE_DIRECTORY").filter(|dir| !dir.is_empty()) {
            return Ok(PathBuf::from(state));
        }
        match std::env::var_os("HOME").filter(|home| !home.is_empty()) {
            Some(home) => Ok(Path::new(&home).join(".local/share/koinon")),
            None => Err(Complaint::usage("no data directory is named", "say --data DIR").into()),
        }
    }
}

impl Desk {
    /// Reads where the node of a directory answers; nothing when no process serves it or ever did.
    pub(crate) fn find(directory: &Path) -> anyhow::Result<Option<Self>> {
        let path = directory.join(CONSOLE);
        if !path.exists() {
            return Ok(None);
        }
        let text = String::from_utf8(files::read(&path, CONSOLE_BYTES_MAX)?).unwrap_or_default();
        let mut lines = text.lines();
        let address = lines.next().and_then(|line| line.parse::<SocketAddr>().ok());
        let token = lines.next().filter(|token| !token.is_empty());
        match (address.filter(|address| address.ip().is_loopback()), token) {
            (Some(address), Some(token)) => Ok(Some(Self { address, token: token.to_owned() })),
            _ => Err(Complaint::new(
                format!("{} does not say where commands are answered", path.display()),
                "remove it, and start `koinon serve` again",
            )
            .into()),
        }
    }

    /// Writes it down for commands of the same user.
    pub(crate) fn write(&self, directory: &Path) -> anyhow::Result<()> {
        Self::remove(directory);
        let path = directory.join(CONSOLE);
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let text = format!("{}\n{}\n", self.address, self.token);
        made.and_then(|mut file| file.write_all(text.as_bytes()))
            .explain(|| format!("{} cannot be written", path.display()), "check the rights of the directory")
    }

    /// Takes the note away when the process ends.
    pub(crate) fn remove(directory: &Path) {
        match fs::remove_file(directory.join(CONSOLE)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                crate::out::say(format!("{} is left behind: {error}", directory.join(CONSOLE).display()));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_is_read_back_and_only_loopback_is_believed() {
        let directory = tempfile::tempdir().unwrap();
        let desk = Desk { address: "127.0.0.1:4321".parse().unwrap(), token: "secret".into() };
        assert_eq!(Desk::find(directory.path()).unwrap(), None);
        desk.write(directory.path()).unwrap();
        desk.write(directory.path()).unwrap();
        assert_eq!(Desk::find(directory.path()).unwrap(), Some(desk));
        for text in ["", "127.0.0.1:1", "10.0.0.1:1\nsecret\n", "nowhere\nsecret\n"] {
            fs::write(directory.path().join(CONSOLE), text).unwrap();
            assert!(Desk::find(directory.path()).is_err(), "{text:?}");
        }
        Desk::remove(directory.path());
        assert_eq!(Desk::find(directory.path()).unwrap(), None);
    }
}
