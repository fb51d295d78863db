//! Agreements on the console: what is shared, and putting up, signing or ending a text.

use koinon_books::sharing::Said;
use koinon_books::{Book, BookCommand};
use koinon_core::{Digest, Timestamp};
use koinon_instruments::Dataset;
use koinon_node::Node;
use koinon_web::views::SharingNotice;
use koinon_web::views::sharing::{sharing_notice, stands_word};

use super::entries::enter;
use super::views::{AgreementRow, AgreementsView, EnteredView, PartyRow, SharedRow};
use super::{AgreementAsk, Refusal, actor};

/// The fewest characters by which a text is named.
const NUMBER_LEN_MIN: usize = 4;

/// What is shared now, and every text.
pub(super) fn show(node: &Node) -> AgreementsView {
    let now = node.clock().now();
    node.read(|book| {
        let today = now.day(&book.zone());
        let own = book.own();
        let others = || book.region().communities_on(today).filter(|other| Some(&other.code) != own);
        let shared = Dataset::ALL.into_iter().map(|dataset| {
            let readers = book.readers(dataset, now);
            let unsigned = readers.iter().filter(|(_, has_signed)| !has_signed);
            SharedRow {
                dataset: dataset.row().code.to_owned(),
                unsigned: unsigned.map(|(reader, _)| reader.to_string()).collect(),
                readers: readers.iter().map(|(reader, _)| reader.to_string()).collect(),
                until: book.shared_until(dataset, now).map(|day| day.to_string()),
            }
        });
        let agreements = book.agreements().into_iter().map(|known| AgreementRow {
            number: known.digest.to_string(),
            title: known.agreement.title.clone(),
            from: known.agreement.from.to_string(),
            until: known.agreement.until.to_string(),
            state: own
                .filter(|own| known.agreement.parties.contains(*own))
                .map(|own| stands_word(known.standing(own, today)).to_owned()),
            parties: known
                .agreement
                .parties
                .iter()
                .map(|party| PartyRow {
                    community: party.to_string(),
                    state: stands_word(known.standing(party, today)).to_owned(),
                    signed: known.said.get(party).map_or(0, Said::signatures),
                })
                .collect(),
            text: known.text.clone(),
        });
        let hidden = book.hidden(now);
        AgreementsView {
            shared: shared.collect(),
            states_shortfalls: book.states_shortfalls(now),
            hidden: others()
                .map(|o| o.code.clone())
                .filter(|code| hidden.contains(code) && book.knows(code))
                .map(|c| c.to_string())
                .collect(),
            agreements: agreements.collect(),
        }
    })
}

/// Puts a text up, signs one, or ends one.
pub(super) async fn agree(node: &Node, ask: AgreementAsk) -> Result<EnteredView, Refusal> {
    let now = node.clock().now();
    let act = ask.act.parse().map_err(|bad| Refusal::new(&format!("the act's id: {bad}"), ""))?;
    let (who, command) = node.read(|book| {
        let who = actor((node, book), ask.who.as_deref(), now)?;
        let command = match (&ask.propose, &ask.sign, &ask.end) {
            (Some(text), ..) => BookCommand::ProposeAgreement { act, text: text.clone() },
            (None, Some(number), _) => BookCommand::SignAgreement { act, text: find(book, number)? },
            (None, None, Some(number)) => BookCommand::EndAgreement { act, text: find(book, number)? },
            (None, None, None) => return Err(Refusal::new("nothing is said", "propose, sign or end a text")),
        };
        Ok((who, command))
    })?;
    enter(node, who, command).await
}

/// The text whose number begins so.
fn find(book: &Book, number: &str) -> Result<Digest, Refusal> {
    let hint = "`koinon agreement show` lists every number";
    if number.len() < NUMBER_LEN_MIN {
        let short = format!("'{number}' is too short for a check number");
        return Err(Refusal::new(&short, &format!("say at least its first {NUMBER_LEN_MIN} characters")));
    }
    let all = book.agreements();
    let mut found =
        all.iter().map(|known| known.digest).filter(|digest| digest.to_string().starts_with(number));
    let first = found.next().ok_or_else(|| {
        Refusal::new(&format!("no agreement known here has a number that begins with '{number}'"), hint)
    })?;
    if found.next().is_some() {
        return Err(Refusal::new(&format!("several numbers begin with '{number}'"), "say more of it"));
    }
    Ok(first)
}

/// What is to be said of what is shared, with what to do; nothing while all is well.
pub(super) fn notice(book: &Book, now: Timestamp) -> Option<String> {
    let hint = "propose and sign a new text, see `koinon agreement`";
    Some(match sharing_notice(book, now)? {
        SharingNotice::Lapsed { on } => {
            format!(
                "the agreement ended on {on}: stock is not shared any more, shortfalls are stated as needs; {hint}"
            )
        }
        SharingNotice::EndsSoon { on, days } => format!("the agreement ends on {on}, in {days} days; {hint}"),
        SharingNotice::Unsigned { title } => {
            format!(
                "the agreement '{title}' waits for a signature of this community; see `koinon agreement show`"
            )
        }
    })
}
