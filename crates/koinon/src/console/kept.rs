//! Files that neighbours keep for one another.

use std::path::Path;

use koinon_core::{NodeId, Timestamp};
use koinon_log::kept::{Held, NotTaken};
use koinon_node::kept::{At, Said, State};
use koinon_node::{ForNeighbour, Kept, KeptError, Node, OwnFile, PlaceOrder, PullCause};

use super::views::{
    Answer, KeptAtView, KeptFileView, KeptFilesView, KeptForView, KeptHeldView, KeptPlacedView,
    KeptWaitingView,
};
use super::{KeptAddAsk, Refusal};

/// Bytes of a MiB.
const MIB: u64 = 1 << 20;

/// Everything about kept files.
pub(super) async fn list(node: &Node) -> Result<KeptFilesView, Refusal> {
    let kept = on_its_own(node, Node::kept).await?;
    let name = |whom: NodeId| name_of(node, whom);
    let mut ours: Vec<KeptFileView> = kept
        .own
        .files
        .iter()
        .map(|(digest, file)| KeptFileView {
            name: file.label.clone(),
            digest: digest.to_string(),
            bytes: file.bytes,
            placed: file.placed.to_rfc3339(),
            state: state(file.state).to_owned(),
            here: kept.here.contains(digest),
            keepers: file.at.iter().map(|(whom, at)| keeper(name(*whom), file, at)).collect(),
        })
        .collect();
    ours.sort_by(|a, b| (&a.name, &b.placed).cmp(&(&b.name, &a.placed)));
    let others = kept.of.iter().map(|(owner, of)| of_other(name(*owner), of)).collect();
    Ok(KeptFilesView { ours, others, concerns: concerns(node, &kept) })
}

/// The files of ours that are not safe, each with what to do.
pub(super) fn concerns(node: &Node, kept: &Kept) -> Vec<String> {
    let words = |one: koinon_node::kept::Unsafe| {
        let label = &one.label;
        if one.wrong.is_empty() {
            return format!(
                "'{label}' was proved by {} of {} neighbours in the last week; see `koinon kept list`, call them, or place it with another one too",
                one.proven, one.wanted
            );
        }
        let whom: Vec<String> = one.wrong.iter().map(|whom| name_of(node, *whom)).collect();
        format!(
            "{} could not prove to have '{label}' whole: its copy is damaged or gone; call its operator, and place the file with another neighbour too",
            whom.join(", ")
        )
    };
    kept.in_danger(node.clock().now()).into_iter().map(words).collect()
}

/// What the doctor says of kept files.
pub(super) fn troubles(node: &Node) -> Vec<String> {
    match node.kept() {
        Ok(kept) => concerns(node, &kept),
        Err(error) => vec![format!("files that neighbours keep cannot be looked up: {error}")],
    }
}

/// Places a file with neighbours.
pub(super) async fn add(node: &Node, ask: KeptAddAsk) -> Result<KeptPlacedView, Refusal> {
    let with = ask.with.iter().map(|name| Ok(super::peers::find(node, name)?.config.node));
    let mut with = with.collect::<Result<Vec<NodeId>, Refusal>>()?;
    with.sort_unstable();
    with.dedup();
    let order = PlaceOrder { file: ask.file.into(), label: ask.name, with, recipients: ask.recipients };
    let placed = on_its_own(node, move |node| node.kept_place(&order)).await?;
    Ok(KeptPlacedView { digest: placed.digest.to_string(), bytes: placed.bytes })
}

/// Agrees to keep files for a neighbour, and fetches at once what it wants kept.
pub(super) async fn allow(node: &Node, name: &str, mib: u64) -> Result<Answer, Refusal> {
    let owner = super::peers::find(node, name)?.config.node;
    on_its_own(node, move |node| node.kept_allow(owner, mib.saturating_mul(MIB))).await?;
    // What is not fetched now is by the way of an exchange.
    let error = node.keep_for(owner).await.err();
    let error = error.filter(|error| !matches!(error, KeptError::Busy)).map(|error| error.to_string());
    let kept = on_its_own(node, Node::kept).await?;
    let none = ForNeighbour::default();
    let view = of_other(name_of(node, owner), kept.of.get(&owner).unwrap_or(&none));
    Ok(Answer::KeptAllowed(KeptForView { error, ..view }))
}

/// Brings a file back.
pub(super) async fn get(
    node: &Node,
    file: String,
    from: &str,
    to: String,
) -> Result<KeptPlacedView, Refusal> {
    let from = super::peers::find(node, from)?.config.node;
    let placed = on_its_own(node, move |node| node.kept_get(&file, from, Path::new(&to))).await?;
    Ok(KeptPlacedView { digest: placed.digest.to_string(), bytes: placed.bytes })
}

/// Lets a file go.
pub(super) async fn release(node: &Node, file: String) -> Result<Answer, Refusal> {
    let files = on_its_own(node, move |node| node.kept_release(&file)).await?;
    Ok(Answer::KeptReleased { files })
}

/// Does what may take long on a thread where it keeps nobody waiting.
async fn on_its_own<R: Send + 'static>(
    node: &Node,
    act: impl FnOnce(&Node) -> Result<R, KeptError> + Send + 'static,
) -> Result<R, Refusal> {
    let node = node.clone();
    let done = tokio::task::spawn_blocking(move || act(&node)).await;
    done.map_err(|error| Refusal::new(&error, ""))?.map_err(|error| refused(&error))
}

/// A listed neighbour or another computer, by its community where that is known.
fn name_of(node: &Node, whom: NodeId) -> String {
    node.read_own(|book| book.community_of(whom).map_or_else(|| whom.short(), ToString::to_string))
}

const fn state(state: State) -> &'static str {
    match state {
        State::Kept => "kept",
        State::Replaced => "replaced",
        State::Released => "released",
        State::Found => "found",
    }
}

const fn why(why: NotTaken) -> &'static str {
    match why {
        NotTaken::NotAllowed => "not-allowed",
        NotTaken::Beyond => "beyond",
        NotTaken::NoRoom => "no-room",
        NotTaken::Wrong => "wrong",
        NotTaken::NotGiven => "not-given",
        NotTaken::Coming => "coming",
    }
}

fn keeper(neighbour: String, file: &OwnFile, at: &At) -> KeptAtView {
    let proven = at.proven.map(Timestamp::to_rfc3339);
    let words = match (at.said, at.wrong, &proven) {
        (Some(Said::Holds), Some(wrong), _) => format!("its proof was wrong, {}", wrong.to_rfc3339()),
        (Some(Said::Holds), None, Some(proven)) => format!("held and proven, {proven}"),
        (Some(Said::Holds), None, None) => "says that it holds it; not proven yet".to_owned(),
        (Some(Said::Not(not)), ..) => match not {
            NotTaken::NotAllowed => "has agreed to nothing: its operator says `koinon kept allow`".to_owned(),
            NotTaken::Beyond => "it is beyond what its operator allowed".to_owned(),
            NotTaken::NoRoom => "its disk has no room for it".to_owned(),
            NotTaken::Wrong => "what came there was not the file; it is fetched again tomorrow".to_owned(),
            NotTaken::NotGiven => "this node did not give it: place the file again".to_owned(),
            NotTaken::Coming => "is fetching it".to_owned(),
        },
        (None, ..) if file.state == State::Released => "has it no more, or never had it".to_owned(),
        (None, ..) => match at.heard {
            Some(heard) => format!("has it not, {}", heard.to_rfc3339()),
            None => "has not asked yet".to_owned(),
        },
    };
    KeptAtView {
        neighbour,
        holds: at.said == Some(Said::Holds),
        proven,
        wrong: at.wrong.map(Timestamp::to_rfc3339),
        heard: at.heard.map(Timestamp::to_rfc3339),
        not_taken: match at.said {
            Some(Said::Not(not)) => Some(why(not).to_owned()),
            _ => None,
        },
        words,
    }
}

fn of_other(owner: String, of: &ForNeighbour) -> KeptForView {
    let waiting = of.not_taken.iter().map(|(digest, bytes, not)| {
        let kib = bytes.div_ceil(1_024);
        let words = match not {
            NotTaken::NotAllowed => format!("{kib} KiB: `koinon kept allow {owner} --mib N` takes them"),
            NotTaken::Beyond => format!("{kib} KiB: beyond what is allowed"),
            NotTaken::NoRoom => format!("{kib} KiB: no room on the disk"),
            NotTaken::Wrong => format!("{kib} KiB: what came was not the file"),
            NotTaken::NotGiven => format!("{kib} KiB: not given"),
            NotTaken::Coming => format!("{kib} KiB: on their way"),
        };
        KeptWaitingView { digest: digest.to_string(), bytes: *bytes, why: why(*not).to_owned(), words }
    });
    let waiting = waiting.collect();
    let file = |held: &Held| KeptHeldView {
        digest: held.digest.to_string(),
        bytes: held.bytes,
        came: held.came.to_rfc3339(),
    };
    KeptForView {
        bytes: of.held.iter().map(|held| held.bytes).fold(0, u64::saturating_add),
        allowed_bytes: of.allowed,
        files: of.held.iter().map(file).collect(),
        waiting,
        owner,
        error: None,
    }
}

/// What is wrong, and what helps.
fn refused(error: &KeptError) -> Refusal {
    let hint = match error {
        KeptError::NotEncrypted(_) => {
            "say --recipient with the public key of whoever may open it (age1…, `age-keygen` makes one), or encrypt it first with `age`"
                .to_owned()
        }
        KeptError::Encrypted(_) => "leave --recipient out; it is placed as it is".to_owned(),
        KeptError::Recipient { .. } => "it begins with age1; `age-keygen -y KEY` prints it".to_owned(),
        KeptError::TooLarge(_) => "split it, and place each part under a name of its own".to_owned(),
        KeptError::NotHeld { held, .. } => {
            let told = |one: &Held| {
                let digest: String = one.digest.to_string().chars().take(16).collect();
                format!("{digest} ({} KiB, since {})", one.bytes.div_ceil(1_024), one.came.to_rfc3339())
            };
            let held: Vec<String> = held.iter().map(told).collect();
            match held.as_slice() {
                [] => "it holds nothing of ours; ask another neighbour".to_owned(),
                held => format!("say the beginning of a digest: {}", held.join(", ")),
            }
        }
        KeptError::Unknown(_) => "`koinon kept list` shows the names and digests".to_owned(),
        KeptError::Exists(_) => "name a new file".to_owned(),
        KeptError::OtherLabel(_) => "use that name, or let the other go first".to_owned(),
        KeptError::TooMany => "let files go that nobody needs, with `koinon kept release`".to_owned(),
        KeptError::Wrong => "ask another neighbour for it, and tell this one's operator".to_owned(),
        KeptError::Suspended(_) => "if that is over, `koinon peer resume` takes it back".to_owned(),
        KeptError::Stuck(_) | KeptError::NotGiven => "try again; it goes on where it stopped".to_owned(),
        KeptError::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
            "the node runs as another user: name a folder that it may use".to_owned()
        }
        KeptError::Line(cause) => match &**cause {
            PullCause::Refused { status: 403, .. } => "its operator must list this node too".to_owned(),
            PullCause::NoAddress => "list it again with --address".to_owned(),
            _ => String::new(),
        },
        _ => String::new(),
    };
    Refusal::new(error, &hint)
}
