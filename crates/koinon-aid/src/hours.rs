//! Duty: when it begins and ends, how much rest lies between, and how much of it there may be.
//!
//! The way there and back is duty; on a mission of several days the team rests at the place. Minutes are counted from the first of
//! 1970. `koinon-match` has the same numbers and the same rules for suggestions; a test of `koinon-books` holds the two together.

use koinon_core::Timestamp;

use crate::fact::{DAYS_MAX, TeamPromised};

/// Minutes in a day.
pub const DAY_MINUTES: i64 = 24 * 60;
/// Minutes of rest between two duties.
pub const REST_MINUTES: i64 = 11 * 60;
/// The most minutes of duty in any 24 hours, ways included.
pub const DUTY_MINUTES_MAX: i64 = 12 * 60;
/// The most minutes of duty in 30 days, what was before included.
pub const ROTATION_MINUTES_MAX: i64 = 120 * 60;
/// Over how many days the hours of duty are counted.
pub const ROTATION_DAYS: i64 = 30;
/// People of each skill who stay at home where their community says nothing else.
pub const KEEP: u32 = 1;

/// A stretch of time: from, until, in minutes.
pub type Span = (i64, i64);

/// A rule on hours that somebody would break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tired {
    /// So many minutes of rest would lie between two duties.
    Rest(i64),
    /// So many minutes of duty would lie within 24 hours.
    Day(i64),
    /// So many minutes of duty would lie within 30 days.
    Rotation(i64),
}

/// The minute of an instant.
pub fn minute(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(60_000)
}

/// The stretches of duty of a promised trip, in order: as planned, or as it was once the team left and came back.
pub fn duties(trip: &TeamPromised, left: Option<Timestamp>, back: Option<Timestamp>) -> Vec<Span> {
    let from = minute(left.unwrap_or(trip.leaves));
    let until = minute(back.unwrap_or(trip.home_again));
    let (start, end) = (minute(trip.start), minute(trip.end));
    let mut spans: Vec<Span> = (0..i64::from(trip.days.min(DAYS_MAX)))
        .map(|day| day * DAY_MINUTES)
        .map(|later| ((start + later).max(from), (end + later).min(until)))
        .filter(|(from, until)| from < until)
        .collect();
    match spans.first_mut() {
        Some(first) => first.0 = from.min(first.0),
        None if from < until => spans.push((from, until)),
        None => {}
    }
    if let Some(last) = spans.last_mut() {
        last.1 = until.max(last.1);
    }
    spans
}

/// Minutes of duty from an instant on.
pub fn since(duties: &[Span], from: i64) -> i64 {
    duties.iter().map(|(a, b)| (b - (*a).max(from)).max(0)).sum()
}

/// Which rule on hours a new trip would break beside other stretches of duty, if any. `others` may lie before and after it; `past`
/// is when the counted days begin.
pub fn tired(others: &[Span], trip: &[Span], past: i64) -> Option<Tired> {
    let mut all: Vec<Span> = others.iter().chain(trip).copied().collect();
    all.sort_unstable();
    let is_new = |span: &Span| trip.contains(span);
    // What others broke before is not held against a trip that lies elsewhere.
    let gaps = all.iter().zip(all.iter().skip(1)).filter(|(one, next)| is_new(one) || is_new(next));
    if let Some(rest) = gaps.map(|(one, next)| next.0 - one.1).filter(|rest| *rest < REST_MINUTES).min() {
        return Some(Tired::Rest(rest.max(0)));
    }
    let most = most_in_a_day(&all, trip);
    if most > DUTY_MINUTES_MAX {
        return Some(Tired::Day(most));
    }
    let sum = since(&all, past);
    (sum > ROTATION_MINUTES_MAX).then_some(Tired::Rotation(sum))
}

/// The most minutes of duty within any 24 hours that touch the new trip. Such a sum is largest when the 24 hours begin with a stretch, or end
/// with one.
fn most_in_a_day(all: &[Span], trip: &[Span]) -> i64 {
    let touches = |from: i64| trip.iter().any(|(a, b)| *a < from + DAY_MINUTES && from < *b);
    let within = |from: i64| -> i64 {
        all.iter().map(|(a, b)| ((*b).min(from + DAY_MINUTES) - (*a).max(from)).max(0)).sum()
    };
    let starts = all.iter().flat_map(|(a, b)| [*a, *b - DAY_MINUTES]);
    starts.filter(|from| touches(*from)).map(within).max().unwrap_or(0)
}
