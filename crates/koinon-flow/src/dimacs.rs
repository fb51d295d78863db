//! The DIMACS format for minimum-cost flow (`.min`), read and written.
//!
//! Lines are `c` comment, `p min NODES ARCS` once, `n NODE SUPPLY` for nodes that have one, and `a FROM TO LOWER CAPACITY COST`; nodes
//! count from 1 and a capacity of -1 means no limit. The reader is strict, collects every fault with its line, and takes bytes:
//! opening files is the caller's business. Source: "The first DIMACS international algorithm implementation challenge: problem
//! definitions and specifications" (1991), where only the -1 is a later custom.

use crate::faults::{self, short};
use crate::network::{Arc, Balance, Network, NetworkError, UNLIMITED};
use std::fmt::Write as _;
use thiserror::Error;

/// What a reader accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most nodes the problem line may announce.
    pub nodes: usize,
    /// Most arcs the problem line may announce.
    pub arcs: usize,
    /// Most faults listed before the reader gives up.
    pub faults: usize,
    /// Whether supplies must equal demands.
    pub balance: Balance,
}

impl Default for Limits {
    /// Four million nodes, sixty-four million arcs, a hundred faults, exact balance.
    fn default() -> Self {
        Self { nodes: 4_000_000, arcs: 64_000_000, faults: faults::MOST, balance: Balance::Exact }
    }
}

/// Something wrong at one line.
pub type Fault = faults::Fault<FaultKind>;

/// All faults of one text, in order of lines.
pub type Faults = faults::Faults<FaultKind>;

/// What can be wrong at a line.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FaultKind {
    /// Bytes that are no UTF-8 text.
    #[error("is not UTF-8 text: save the file as plain text")]
    NotText,
    /// A first word other than c, p, n or a.
    #[error("begins with `{found}`: begin it with c, p, n or a")]
    UnknownLine {
        /// The word found, shortened.
        found: String,
    },
    /// Too few or too many fields.
    #[error("has {found} fields: write `{expected}`")]
    Fields {
        /// Number of fields after the first word.
        found: usize,
        /// The line's form.
        expected: &'static str,
    },
    /// A field that is no number in range.
    #[error("{field} is `{found}`: write a whole number{range}")]
    Number {
        /// Name of the field.
        field: &'static str,
        /// The text found, shortened.
        found: String,
        /// Allowed range, in words.
        range: &'static str,
    },
    /// A problem line of another kind.
    #[error("announces the problem `{found}`: only `min` is read here")]
    OtherProblem {
        /// The kind found, shortened.
        found: String,
    },
    /// A second problem line.
    #[error("is a second problem line: keep only the first")]
    SecondProblem,
    /// A node or arc line before the problem line.
    #[error("comes before the problem line: begin with `p min NODES ARCS`")]
    TooEarly,
    /// No problem line at all.
    #[error("the problem line is missing: begin with `p min NODES ARCS`")]
    NoProblem,
    /// More nodes or arcs announced than the reader accepts.
    #[error("announces {found} {what}, the limit is {limit}: split the problem or raise the limit")]
    TooLarge {
        /// "nodes" or "arcs".
        what: &'static str,
        /// Number announced.
        found: usize,
        /// Number accepted.
        limit: usize,
    },
    /// A node number outside the announced range.
    #[error("names node {found}: nodes are numbered 1 to {nodes}")]
    UnknownNode {
        /// The number found.
        found: usize,
        /// Nodes announced.
        nodes: usize,
    },
    /// A second supply for one node.
    #[error("gives node {node} a second supply: keep one")]
    SecondSupply {
        /// The node, from 1.
        node: usize,
    },
    /// Another number of arc lines than announced.
    #[error("the problem line announces {announced} arcs, {found} were found: mend one or the other")]
    ArcCount {
        /// Arcs announced.
        announced: usize,
        /// Arc lines found.
        found: usize,
    },
    /// A problem that cannot be solved exactly, or is out of balance; arcs and nodes count from 0 in the message.
    #[error("{0}")]
    Network(#[from] NetworkError),
}

/// Reads a problem under the default [`Limits`].
pub fn read(bytes: &[u8]) -> Result<Network, Faults> {
    read_within(bytes, Limits::default())
}

/// Reads a problem under given limits.
pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Network, Faults> {
    let mut reader = Reader {
        limits,
        announced: None,
        supplies: Vec::new(),
        given: Vec::new(),
        arcs: Vec::new(),
        arc_lines: Vec::new(),
    };
    let mut faults = Vec::new();
    let mut line = 0;
    for raw in bytes.split(|&byte| byte == b'\n') {
        line += 1;
        if let Err(kind) =
            std::str::from_utf8(raw).map_err(|_| FaultKind::NotText).and_then(|text| reader.line(text, line))
        {
            if faults.len() >= limits.faults {
                return Err(Faults { faults, complete: false });
            }
            faults.push(Fault { line, kind });
        }
    }
    match reader.announced {
        None if !faults.iter().any(|fault| is_problem(&fault.kind)) => {
            faults.push(Fault { line: line + 1, kind: FaultKind::NoProblem });
        }
        Some(announced) if announced != reader.arc_lines.len() && faults.is_empty() => {
            faults.push(Fault {
                line: line + 1,
                kind: FaultKind::ArcCount { announced, found: reader.arc_lines.len() },
            });
        }
        _ => {}
    }
    if !faults.is_empty() {
        return Err(Faults { faults, complete: true });
    }
    let lines = reader.arc_lines;
    Network::with_balance(reader.supplies, reader.arcs, limits.balance).map_err(|error| {
        let line = arc_of(&error).and_then(|arc| lines.get(arc).copied()).unwrap_or(line + 1);
        Faults::only(line, error.into())
    })
}

/// Writes a problem; reading it back gives an equal one.
pub fn write(network: &Network) -> String {
    let mut text = String::new();
    let supplies = network.supplies();
    // Writing to a String cannot fail, so the results carry nothing.
    let _ = writeln!(text, "p min {} {}", supplies.len(), network.arcs().len());
    for (index, supply) in supplies.iter().enumerate().filter(|(_, supply)| **supply != 0) {
        let _ = writeln!(text, "n {} {supply}", index + 1);
    }
    for arc in network.arcs() {
        let capacity = if arc.capacity == UNLIMITED { -1 } else { arc.capacity };
        let _ = writeln!(text, "a {} {} {} {capacity} {}", arc.from + 1, arc.to + 1, arc.lower, arc.cost);
    }
    text
}

/// What has been read so far.
struct Reader {
    limits: Limits,
    /// Arcs announced, once the problem line is read.
    announced: Option<usize>,
    supplies: Vec<i64>,
    given: Vec<bool>,
    arcs: Vec<Arc>,
    arc_lines: Vec<usize>,
}

impl Reader {
    fn line(&mut self, text: &str, line: usize) -> Result<(), FaultKind> {
        let mut words = text.split_ascii_whitespace();
        let Some(first) = words.next() else { return Ok(()) };
        match first {
            "c" => Ok(()),
            "p" => self.problem(&fields(words, "p min NODES ARCS")?),
            "n" => self.supply(&fields(words, "n NODE SUPPLY")?),
            "a" => {
                self.arc_lines.push(line);
                self.arc(&fields(words, "a FROM TO LOWER CAPACITY COST")?)
            }
            _ => Err(FaultKind::UnknownLine { found: short(first) }),
        }
    }

    fn problem(&mut self, [kind, nodes, arcs]: &[&str; 3]) -> Result<(), FaultKind> {
        if self.announced.is_some() {
            return Err(FaultKind::SecondProblem);
        }
        if *kind != "min" {
            return Err(FaultKind::OtherProblem { found: short(kind) });
        }
        let (nodes, arcs) = (number("NODES", nodes, COUNT)?, number("ARCS", arcs, COUNT)?);
        for (what, found, limit) in [("nodes", nodes, self.limits.nodes), ("arcs", arcs, self.limits.arcs)] {
            if found > limit {
                return Err(FaultKind::TooLarge { what, found, limit });
            }
        }
        self.announced = Some(arcs);
        self.supplies = vec![0; nodes];
        self.given = vec![false; nodes];
        Ok(())
    }

    fn supply(&mut self, [node, supply]: &[&str; 2]) -> Result<(), FaultKind> {
        let index = self.node("NODE", node)?;
        let value = number("SUPPLY", supply, WHOLE)?;
        match (self.given.get_mut(index), self.supplies.get_mut(index)) {
            (Some(given), Some(supply)) if !*given => (*given, *supply) = (true, value),
            _ => return Err(FaultKind::SecondSupply { node: index + 1 }),
        }
        Ok(())
    }

    fn arc(&mut self, [from, to, lower, capacity, cost]: &[&str; 5]) -> Result<(), FaultKind> {
        let (from, to) = (self.node("FROM", from)?, self.node("TO", to)?);
        let lower = number("LOWER", lower, WHOLE)?;
        let capacity = match number("CAPACITY", capacity, WHOLE)? {
            -1 => UNLIMITED,
            capacity => capacity,
        };
        let cost = number("COST", cost, WHOLE)?;
        let arc = self.arcs.len();
        if lower < 0 {
            return Err(NetworkError::NegativeLower { arc, lower }.into());
        }
        if capacity < lower {
            return Err(NetworkError::EmptyRange { arc, lower, capacity }.into());
        }
        self.arcs.push(Arc { from, to, lower, capacity, cost });
        Ok(())
    }

    /// Index of a node named by its number from 1.
    fn node(&self, field: &'static str, text: &str) -> Result<usize, FaultKind> {
        if self.announced.is_none() {
            return Err(FaultKind::TooEarly);
        }
        let found: usize = number(field, text, COUNT)?;
        let nodes = self.supplies.len();
        found.checked_sub(1).filter(|&index| index < nodes).ok_or(FaultKind::UnknownNode { found, nodes })
    }
}

const COUNT: &str = " that is 0 or more";
const WHOLE: &str = " of at most 64 bits";

fn fields<'a, const N: usize>(
    words: impl Iterator<Item = &'a str>,
    expected: &'static str,
) -> Result<[&'a str; N], FaultKind> {
    let words: Vec<&str> = words.collect();
    <[&str; N]>::try_from(words).map_err(|words| FaultKind::Fields { found: words.len(), expected })
}

fn number<T: std::str::FromStr>(
    field: &'static str,
    text: &str,
    range: &'static str,
) -> Result<T, FaultKind> {
    text.parse().map_err(|_| FaultKind::Number { field, found: short(text), range })
}

/// Whether a fault lies in the problem line itself, so that its absence needs no second complaint.
fn is_problem(kind: &FaultKind) -> bool {
    matches!(kind, FaultKind::OtherProblem { .. } | FaultKind::TooLarge { .. })
        || matches!(kind, FaultKind::Number { field: "NODES" | "ARCS", .. })
        || matches!(kind, FaultKind::Fields { expected: "p min NODES ARCS", .. })
}

fn arc_of(error: &NetworkError) -> Option<usize> {
    match error {
        NetworkError::UnknownNode { arc, .. }
        | NetworkError::NegativeLower { arc, .. }
        | NetworkError::EmptyRange { arc, .. }
        | NetworkError::CostTooLarge { arc, .. }
        | NetworkError::VolumeTooLarge { arc, .. } => Some(*arc),
        _ => None,
    }
}
