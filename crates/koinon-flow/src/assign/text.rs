//! The OR-Library form of generalised assignment problems, read.
//!
//! Whole numbers between white space: the number of agents and of jobs, the cost of each job at the first agent, at the second and so
//! on, the loads in the same order, the capacity of each agent. Line breaks mean nothing. The reader takes bytes; opening files is
//! the caller's business. Source: Beasley's OR-Library, "Generalised assignment problem"; Yagiura's files c, d and e have the same form.

use super::problem::{Agent, Goal, Job, MAX_COUNT, MAX_OFFERS, Offer, Problem, ProblemError};
use crate::faults::short;
use thiserror::Error;

/// Why a text is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ReadError {
    /// Bytes that are no UTF-8 text.
    #[error("line {line}: is not UTF-8 text: save the file as plain text")]
    NotText {
        /// Line, from 1.
        line: usize,
    },
    /// A word that is no whole number.
    #[error("line {line}: {what} is `{found}`: write a whole number of at most 64 bits")]
    Number {
        /// Line, from 1.
        line: usize,
        /// What should stand there.
        what: String,
        /// The word found, shortened.
        found: String,
    },
    /// More agents × jobs than can be read.
    #[error(
        "line {line}: announces {agents} agents and {jobs} jobs, the limit is {MAX_COUNT} of each and {MAX_OFFERS} pairs: split the problem"
    )]
    TooLarge {
        /// Line, from 1.
        line: usize,
        /// Agents announced.
        agents: u64,
        /// Jobs announced.
        jobs: u64,
    },
    /// The text ends too early.
    #[error(
        "line {line}: the text ends where {what} should stand: add it, or mend the counts at the beginning"
    )]
    Short {
        /// The last line, from 1.
        line: usize,
        /// What is missing.
        what: String,
    },
    /// The text goes on too long.
    #[error(
        "line {line}: `{found}` comes after the last capacity: take it out, or mend the counts at the beginning"
    )]
    Long {
        /// Line, from 1.
        line: usize,
        /// The word found, shortened.
        found: String,
    },
    /// A problem that cannot be solved.
    #[error("{0}; agents and jobs count from 1 in the order of the file")]
    Problem(#[from] ProblemError),
}

/// Reads a problem; agents and jobs get the ids 1, 2 and so on.
pub fn read(bytes: &[u8], goal: Goal) -> Result<Problem, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.iter().take(error.valid_up_to());
        ReadError::NotText { line: 1 + before.filter(|&&byte| byte == b'\n').count() }
    })?;
    let mut words = Words {
        words: text
            .lines()
            .enumerate()
            .flat_map(|(index, line)| line.split_ascii_whitespace().map(move |word| (index + 1, word))),
        line: 1,
    };
    let agents = words.count("the number of agents")?;
    let jobs = words.count("the number of jobs")?;
    let most = |limit: usize| u64::try_from(limit).unwrap_or(u64::MAX);
    let pairs = agents.checked_mul(jobs);
    if pairs.is_none_or(|pairs| pairs > most(MAX_OFFERS)) || agents.max(jobs) > most(MAX_COUNT) {
        return Err(ReadError::TooLarge { line: words.line, agents, jobs });
    }
    let pairs = || (1..=agents).flat_map(|agent| (1..=jobs).map(move |job| (agent, job)));
    let mut offers = Vec::new();
    for (agent, job) in pairs() {
        let cost = words.number(|| format!("the cost of job {job} at agent {agent}"))?;
        offers.push(Offer { agent, job, cost, load: 0 });
    }
    for offer in &mut offers {
        let Offer { agent, job, .. } = *offer;
        offer.load = words.number(|| format!("the load of job {job} at agent {agent}"))?;
    }
    let mut takers = Vec::new();
    for id in 1..=agents {
        takers.push(Agent { id, capacity: words.number(|| format!("the capacity of agent {id}"))? });
    }
    if let Some((line, word)) = words.words.next() {
        return Err(ReadError::Long { line, found: short(word) });
    }
    let jobs = (1..=jobs).map(|id| Job { id, open: None }).collect();
    Ok(Problem::new(goal, takers, jobs, offers)?)
}

/// The words of a text with their lines.
struct Words<I> {
    words: I,
    line: usize,
}

impl<'a, I: Iterator<Item = (usize, &'a str)>> Words<I> {
    fn number(&mut self, what: impl Fn() -> String) -> Result<i64, ReadError> {
        let (line, word) =
            self.words.next().ok_or_else(|| ReadError::Short { line: self.line, what: what() })?;
        self.line = line;
        word.parse().map_err(|_| ReadError::Number { line, what: what(), found: short(word) })
    }

    fn count(&mut self, what: &str) -> Result<u64, ReadError> {
        let found = self.number(|| what.to_owned())?;
        u64::try_from(found).map_err(|_| ReadError::Number {
            line: self.line,
            what: what.to_owned(),
            found: found.to_string(),
        })
    }
}
