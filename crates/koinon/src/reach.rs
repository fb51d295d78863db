//! How a command reaches a node: through the process that serves it, or by opening it.
//!
//! One process owns a data directory. A note of a process that has ended is passed over, and the lock then tells the
//! truth.

use std::sync::Arc;

use koinon_core::Clock;
use koinon_node::{Node, Options, SystemClock};
use tokio::runtime::Runtime;

use crate::console::views::Answer;
use crate::console::{self, Ask, Refusal};
use crate::data::{DataArgs, Desk};
use crate::desk::Outcome;
use crate::failure::{Complaint, Explain};

/// The most bytes of one answer.
const ANSWER_BYTES_MAX: u64 = 512 << 20;

/// A node that answers commands.
pub(crate) enum Reach {
    /// Another process serves it.
    Served(Desk),
    /// This process opened it.
    Opened {
        /// The node.
        node: Node,
        /// What runs it.
        runtime: Runtime,
    },
}

impl Reach {
    /// Reaches the node of a data directory.
    pub(crate) fn open(data: &DataArgs) -> anyhow::Result<Self> {
        let directory = data.directory()?;
        if let Some(desk) = Desk::find(&directory)? {
            match std::net::TcpStream::connect(desk.address) {
                Ok(_) => return Ok(Self::Served(desk)),
                // Nobody answers there any more: the process ended without taking its note away.
                Err(_) => Desk::remove(&directory),
            }
        }
        let runtime = runtime()?;
        let node = {
            let _inside = runtime.enter();
            open_node(Options::new(&directory).without_exchange())?
        };
        Ok(Self::Opened { node, runtime })
    }

    /// Asks something.
    pub(crate) fn ask(&self, ask: Ask) -> anyhow::Result<Answer> {
        let answered = match self {
            Self::Served(desk) => post(desk, &ask)?,
            Self::Opened { node, runtime } => runtime.block_on(console::answer(node, ask)),
        };
        answered.map_err(refused)
    }

    /// Ends in good order.
    pub(crate) fn close(self) {
        if let Self::Opened { node, runtime } = self {
            // The command is about to end, and the system takes a large book back faster than this process can.
            std::mem::forget(node.clone());
            runtime.block_on(node.shutdown());
        }
    }
}

/// Asks one thing of the node of a data directory.
pub(crate) fn ask(data: &DataArgs, ask: Ask) -> anyhow::Result<Answer> {
    let reach = Reach::open(data)?;
    let answer = reach.ask(ask);
    reach.close();
    answer
}

/// Sees that a process serves the node, for what lasts only as long as one does.
pub(crate) fn served(data: &DataArgs, why: &str) -> anyhow::Result<()> {
    let reach = Reach::open(data)?;
    let is_served = matches!(reach, Reach::Served(_));
    reach.close();
    if is_served { Ok(()) } else { Err(Complaint::new(why, "start `koinon serve` first").into()) }
}

/// Something answered with what was not asked: the two processes are of different versions.
pub(crate) fn unexpected() -> anyhow::Error {
    Complaint::new("the answer is not to what was asked", "stop `koinon serve` and start it again").into()
}

/// What runs a node.
pub(crate) fn runtime() -> anyhow::Result<Runtime> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.explain(|| "the operating system gave no threads".to_owned(), "")
}

/// Opens the node of a data directory.
pub(crate) fn open_node(options: Options) -> anyhow::Result<Node> {
    let directory = options.dir.clone();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    Node::open_with(options, clock)
        .explain(|| format!("the node cannot be opened in {}", directory.display()), "")
}

fn refused(refusal: Refusal) -> anyhow::Error {
    Complaint::new(refusal.message, refusal.hint).into()
}

fn post(desk: &Desk, ask: &Ask) -> anyhow::Result<Result<Answer, Refusal>> {
    let cannot = || format!("the node at {} does not answer", desk.address);
    let config = ureq::Agent::config_builder().proxy(None).http_status_as_error(false).build();
    let agent = ureq::Agent::new_with_config(config);
    let body = serde_json::to_vec(ask)?;
    let request = agent
        .post(format!("http://{}{}", desk.address, crate::desk::PATH))
        .header("authorization", format!("Bearer {}", desk.token))
        .header("content-type", "application/json");
    let mut response =
        request.send(&body[..]).explain(cannot, "see `koinon doctor`, or start `koinon serve` again")?;
    if response.status() != 200 {
        let found = format!("the node at {} refuses the command ({})", desk.address, response.status());
        return Err(Complaint::new(found, "stop `koinon serve` and start it again").into());
    }
    let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec().explain(cannot, "")?;
    let outcome = serde_json::from_slice(&body).explain(
        || "the answer cannot be read".to_owned(),
        "both programs must be of the same version: start `koinon serve` again",
    )?;
    Ok(match outcome {
        Outcome::Ok(answer) => Ok(*answer),
        Outcome::Err(refusal) => Err(refusal),
    })
}
