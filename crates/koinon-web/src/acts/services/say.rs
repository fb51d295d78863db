//! What the book of care and work asks and refuses, in words.
//!
//! Each match is exhaustive, so that a new refusal does not compile before it has words in each language.

use koinon_aid::service::fact::{SERVICES_MAX, TOTAL_MAX};
use koinon_aid::service::{AMOUNT_MAX, COUNT_MAX, Kind, Question, Refusal, Unsound};
use koinon_books::Book;

use crate::acts::say::{community, place};
use crate::pages::services::stage;
use crate::t;
use crate::ui::Ui;

/// A question in one sentence.
pub(in crate::acts) fn question(ui: &Ui, question: &Question) -> String {
    match question {
        Question::PromisesStand(n) => t!(ui, "services-ask-stand", n = crate::pages::count_of(*n)),
        Question::PromisesEnd(n) => t!(ui, "services-ask-end", n = crate::pages::count_of(*n)),
        Question::EnoughPromised => t!(ui, "services-ask-enough"),
        Question::NotTakenYet => t!(ui, "services-ask-not-taken"),
        Question::NobodyDoesIt(service) => t!(ui, "services-ask-nobody", what = service.as_str()),
        Question::OtherKind(service, Kind::Care) => t!(ui, "services-ask-is-care", what = service.as_str()),
        Question::OtherKind(service, Kind::Making) => {
            t!(ui, "services-ask-is-making", what = service.as_str())
        }
        Question::BelowPromised(count) => t!(ui, "services-ask-below", n = i64::from(*count)),
        Question::FewMinutes(minutes) => t!(ui, "services-ask-minutes", n = i64::from(*minutes)),
    }
}

/// Why the book does not take an act.
pub(in crate::acts) fn refusal(ui: &Ui, book: &Book, refusal: &Refusal) -> String {
    let number = |number: u64| ui.number(i64::try_from(number).unwrap_or(i64::MAX));
    match refusal {
        Refusal::Unsound(unsound) => unsound_words(ui, unsound),
        Refusal::NoSuchProvider(provider) => t!(ui, "services-no-provider", provider = provider.as_str()),
        Refusal::NoSuchAsk(asker, _) => t!(ui, "services-no-ask", place = community(book, asker)),
        Refusal::OtherAsk => t!(ui, "services-other-ask"),
        Refusal::OtherWork(provider) => t!(ui, "services-other-work", provider = provider.as_str()),
        Refusal::AskOver => t!(ui, "services-ask-over"),
        Refusal::NotSoon { first, last, .. } => {
            t!(ui, "services-not-soon", first = ui.date(*first), last = ui.date(*last))
        }
        Refusal::NotItsWork(provider, service) => {
            t!(ui, "services-not-its-work", provider = provider.as_str(), what = service.as_str())
        }
        Refusal::NoWay(from, to) => t!(ui, "services-no-way", from = place(book, from), to = place(book, to)),
        Refusal::CountRange(_, most) => t!(ui, "services-count-range", most = *most),
        Refusal::WrongDay(day, first, last) => {
            t!(ui, "services-wrong-day", day = ui.date(*day), first = ui.date(*first), last = ui.date(*last))
        }
        Refusal::DaysDoNotAddUp { found, asked } => {
            t!(ui, "services-days-sum", found = number(*found), asked = number(*asked))
        }
        Refusal::DayFull { day, free } => {
            t!(ui, "services-day-full", day = ui.date(*day), free = number(*free))
        }
        Refusal::Full { by, room } => {
            t!(ui, "services-full", by = ui.date(*by), room = ui.number(i64::from(*room)))
        }
        Refusal::NoSuchPromise(_) => t!(ui, "teams-no-promise"),
        Refusal::WrongStage(found) => t!(ui, "services-wrong-stage", stage = stage(ui, found.code())),
        Refusal::MoreThanPromised { promised, .. } => {
            t!(ui, "services-more-than-promised", most = ui.number(i64::from(*promised)))
        }
    }
}

fn unsound_words(ui: &Ui, unsound: &Unsound) -> String {
    match unsound {
        Unsound::Services(_) => t!(ui, "services-services-range", most = SERVICES_MAX),
        Unsound::Twice(service) => t!(ui, "services-twice", what = service.as_str()),
        Unsound::PerDay(_) => t!(ui, "services-per-day-range", most = AMOUNT_MAX),
        Unsound::Count(_) => t!(ui, "services-count-range", most = COUNT_MAX),
        Unsound::Each(_) => t!(ui, "services-each-range", most = AMOUNT_MAX),
        Unsound::Total(_) => {
            t!(ui, "services-total-range", most = ui.number(i64::try_from(TOTAL_MAX).unwrap_or(i64::MAX)))
        }
    }
}
