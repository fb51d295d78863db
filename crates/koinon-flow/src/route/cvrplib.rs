//! The CVRPLIB format for capacitated vehicle routing (`.vrp`) read, and its form of a solution written.
//!
//! A file has lines `KEY : VALUE`, and sections of numbers: coordinates or a matrix, demands, the depot. Read are `EUC_2D` (rounded to
//! the nearest whole number, as the library asks), `CEIL_2D` and `EXPLICIT`; `DISTANCE`, `SERVICE_TIME` and `VEHICLES` are kept as
//! limits. Some sets of the library are compared with unrounded legs; [`Precision::ByName`] reads them in thousandths. All
//! arithmetic is on integers: coordinates are read to nine decimals. The reader collects every fault with its line, and takes bytes:
//! opening files is the caller's business. Source: the TSPLIB 95 report (Reinelt) and the files of vrp.galgos.inf.puc-rio.br.

mod decimal;
mod legs;

use super::plan::Plan;
use super::problem::{self, Fleet, MAX_STOPS, Problem, Stop};
use decimal::{NANO, decimal};
use legs::Format;
use std::fmt::Write as _;
use thiserror::Error;

/// The most faults listed before the reader gives up.
const MAX_FAULTS: usize = 100;

/// In what unit legs are measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Thousandths where the name says that the file is of a set compared unrounded (CMT, Golden, Li, tai), else whole numbers.
    #[default]
    ByName,
    /// Whole numbers.
    Whole,
    /// Thousandths, in which `EUC_2D` is all but unrounded.
    Thousandths,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its name.
    pub name: String,
    /// The problem; stops have the numbers that solutions use, from 1 on in the file's order without the depot.
    pub problem: Problem,
    /// Units of the problem to one of the file: 1 or 1,000.
    pub scale: i64,
}

/// Something wrong at one line.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("line {line}: {kind}")]
pub struct Fault {
    /// Line, from 1; one past the last for what is missing from the whole or wrong with it.
    pub line: usize,
    /// What is wrong there.
    pub kind: FaultKind,
}

/// What can be wrong at a line.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FaultKind {
    /// Bytes that are no UTF-8 text.
    #[error("is not UTF-8 text: save the file as plain text")]
    NotText,
    /// A section this reader does not know.
    #[error(
        "begins the section `{found}`: only NODE_COORD, DEMAND, DEPOT and EDGE_WEIGHT sections are read here"
    )]
    UnknownSection {
        /// The name found, shortened.
        found: String,
    },
    /// A line that is neither a header nor in a section.
    #[error(
        "is `{found}`, outside any section: write `KEY : VALUE`, or the section's name before its numbers"
    )]
    Outside {
        /// The line found, shortened.
        found: String,
    },
    /// A kind of problem or of legs that is not read.
    #[error("{key} is `{found}`: {expected}")]
    Unsupported {
        /// The header's key.
        key: &'static str,
        /// The value found, shortened.
        found: String,
        /// What is read.
        expected: &'static str,
    },
    /// Too few or too many fields.
    #[error("has {found} fields: write `{expected}`")]
    Fields {
        /// Number of fields found.
        found: usize,
        /// The line's form.
        expected: &'static str,
    },
    /// A field that is no number in range.
    #[error("{field} is `{found}`: write {expected}")]
    Number {
        /// Name of the field.
        field: &'static str,
        /// The text found, shortened.
        found: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// A header or a section that is not there.
    #[error("{what} is missing: {remedy}")]
    Missing {
        /// What is missing.
        what: &'static str,
        /// What to add.
        remedy: &'static str,
    },
    /// More nodes than can be planned.
    #[error("announces {found} nodes, the limit is {}: split the problem", MAX_STOPS + 1)]
    TooLarge {
        /// Number announced.
        found: usize,
    },
    /// A node out of its turn or beyond the announced number.
    #[error("gives {what} of node {found} where node {expected} is due: number them 1 to {nodes} in order")]
    Turn {
        /// "the coordinates" or "the demand".
        what: &'static str,
        /// Number found.
        found: usize,
        /// Number due.
        expected: usize,
        /// Number of nodes announced.
        nodes: usize,
    },
    /// Another number of entries than the dimension asks for.
    #[error("{what} has {found} entries, the dimension asks for {expected}: mend one or the other")]
    Count {
        /// Name of the section.
        what: &'static str,
        /// Entries found.
        found: usize,
        /// Entries needed.
        expected: usize,
    },
    /// A depot that does not exist, or a second one.
    #[error("names depot {found}: name one of the {nodes} nodes, and only one")]
    Depot {
        /// Number found.
        found: usize,
        /// Number of nodes announced.
        nodes: usize,
    },
    /// A depot that wants something itself.
    #[error("the depot wants {found}: give it demand 0")]
    DepotDemand {
        /// Demand found.
        found: i64,
    },
    /// A problem that cannot be planned.
    #[error("{0}")]
    Problem(#[from] problem::ProblemError),
}

/// All faults of one text, in order of lines.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}{}", .faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"), if *.complete { "" } else { "\nand more: reading stopped here" })]
pub struct Faults {
    /// The faults, at least one.
    pub faults: Vec<Fault>,
    /// Whether the text was read to its end; false when there were too many faults.
    pub complete: bool,
}

/// Reads a problem, in the precision its name asks for.
pub fn read(bytes: &[u8]) -> Result<Instance, Faults> {
    read_as(bytes, Precision::default())
}

/// Reads a problem in a given precision.
pub fn read_as(bytes: &[u8], precision: Precision) -> Result<Instance, Faults> {
    let mut reader = Reader::default();
    let mut faults = Vec::new();
    let mut line = 0;
    for raw in bytes.split(|&byte| byte == b'\n') {
        line += 1;
        match std::str::from_utf8(raw)
            .map_err(|_| FaultKind::NotText)
            .and_then(|text| reader.line(text.trim()))
        {
            Ok(()) if reader.ended => break,
            Ok(()) => {}
            Err(_) if faults.len() >= MAX_FAULTS => return Err(Faults { faults, complete: false }),
            Err(kind) => faults.push(Fault { line, kind }),
        }
    }
    let whole = |kinds: Vec<FaultKind>| Faults {
        faults: kinds.into_iter().map(|kind| Fault { line: line + 1, kind }).collect(),
        complete: true,
    };
    if !faults.is_empty() {
        return Err(Faults { faults, complete: true });
    }
    reader.finish(precision).map_err(whole)
}

impl Instance {
    /// A cost in the file's unit, with three decimals where it is read in thousandths.
    pub fn in_file_units(&self, cost: i64) -> String {
        if self.scale == 1 {
            cost.to_string()
        } else {
            format!("{}.{:03}", cost / self.scale, cost % self.scale)
        }
    }

    /// Writes a plan in the library's form: `Route #1: 5 3 2`, then `Cost 27591`.
    pub fn solution(&self, plan: &Plan) -> String {
        let mut text = String::new();
        for (trip, number) in plan.trips.iter().zip(1..) {
            // Writing to a String cannot fail, so the results carry nothing.
            let _ = write!(text, "Route #{number}:");
            for id in trip {
                let _ = write!(text, " {id}");
            }
            text.push('\n');
        }
        let _ = writeln!(text, "Cost {}", self.in_file_units(plan.cost));
        text
    }
}

/// Where the reader is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Section {
    #[default]
    Header,
    Coordinates,
    Weights,
    Demands,
    Depots,
}

/// How legs follow from the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Legs {
    Nearest,
    Up,
    Explicit,
}

/// What has been read so far.
#[derive(Debug, Default)]
struct Reader {
    name: String,
    nodes: Option<usize>,
    capacity: Option<i64>,
    /// In billionths.
    duration: Option<i128>,
    service: i128,
    vehicles: Option<usize>,
    legs: Option<Legs>,
    format: Option<Format>,
    section: Section,
    /// In billionths.
    coordinates: Vec<(i128, i128)>,
    weights: Vec<i64>,
    demands: Vec<i64>,
    depot: Option<usize>,
    depots_ended: bool,
    ended: bool,
}

impl Reader {
    fn line(&mut self, text: &str) -> Result<(), FaultKind> {
        let Some(first) = text.chars().next() else { return Ok(()) };
        if first.is_ascii_alphabetic() {
            return self.key(text);
        }
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        match self.section {
            Section::Header => Err(FaultKind::Outside { found: short(text) }),
            Section::Coordinates => self.coordinate(&words),
            Section::Weights => self.weight_line(&words),
            Section::Demands => self.demand(&words),
            Section::Depots => self.depot_line(&words),
        }
    }

    fn key(&mut self, text: &str) -> Result<(), FaultKind> {
        let (key, value) = text.split_once(':').unwrap_or((text, ""));
        let (key, value) = (key.trim(), value.trim());
        self.section = Section::Header;
        match key {
            "NAME" => self.name = short(value),
            "TYPE" if !matches!(value, "CVRP" | "DCVRP") => {
                return Err(unsupported(
                    "TYPE",
                    value,
                    "only CVRP (and DCVRP, with a longest distance) is read here",
                ));
            }
            "DIMENSION" => {
                let nodes = count("DIMENSION", value)?;
                if nodes > MAX_STOPS + 1 {
                    return Err(FaultKind::TooLarge { found: nodes });
                }
                self.nodes = Some(nodes);
            }
            "CAPACITY" => self.capacity = Some(whole("CAPACITY", value)?),
            "VEHICLES" => self.vehicles = Some(count("VEHICLES", value)?),
            "DISTANCE" => self.duration = Some(decimal("DISTANCE", value)?),
            "SERVICE_TIME" => self.service = decimal("SERVICE_TIME", value)?,
            "EDGE_WEIGHT_TYPE" => {
                self.legs = Some(match value {
                    "EUC_2D" => Legs::Nearest,
                    "CEIL_2D" => Legs::Up,
                    "EXPLICIT" => Legs::Explicit,
                    _ => {
                        return Err(unsupported(
                            "EDGE_WEIGHT_TYPE",
                            value,
                            "use EUC_2D, CEIL_2D or EXPLICIT",
                        ));
                    }
                });
            }
            "EDGE_WEIGHT_FORMAT" if value != "FUNCTION" => {
                let format = Format::named(value);
                self.format = Some(format.ok_or_else(|| {
                    unsupported(
                        "EDGE_WEIGHT_FORMAT",
                        value,
                        "use FULL_MATRIX, LOWER_ROW, UPPER_ROW, or one with _DIAG_ROW or _COL",
                    )
                })?);
            }
            "NODE_COORD_SECTION" => self.section = Section::Coordinates,
            "EDGE_WEIGHT_SECTION" => self.section = Section::Weights,
            "DEMAND_SECTION" => self.section = Section::Demands,
            "DEPOT_SECTION" => self.section = Section::Depots,
            "EOF" => self.ended = true,
            _ if key.ends_with("_SECTION") => return Err(FaultKind::UnknownSection { found: short(key) }),
            // Other headers (comments, display hints) say nothing about the problem.
            _ if text.contains(':') => {}
            _ => return Err(FaultKind::Outside { found: short(text) }),
        }
        Ok(())
    }

    fn coordinate(&mut self, words: &[&str]) -> Result<(), FaultKind> {
        let &[node, x, y] = words else {
            return Err(FaultKind::Fields { found: words.len(), expected: "NODE X Y" });
        };
        self.turn("the coordinates", node, self.coordinates.len())?;
        let point = decimal("X", x).and_then(|x| Ok((x, decimal("Y", y)?)));
        // A fault is told once; the next line is another node all the same.
        self.coordinates.push(point.clone().unwrap_or_default());
        point.map(drop)
    }

    fn demand(&mut self, words: &[&str]) -> Result<(), FaultKind> {
        let &[node, demand] = words else {
            return Err(FaultKind::Fields { found: words.len(), expected: "NODE DEMAND" });
        };
        self.turn("the demand", node, self.demands.len())?;
        let demand = whole("DEMAND", demand);
        self.demands.push(*demand.as_ref().unwrap_or(&0));
        demand.map(drop)
    }

    /// Checks that a node is the next one, so that memory follows the file's length.
    fn turn(&self, what: &'static str, node: &str, known: usize) -> Result<(), FaultKind> {
        let nodes = self.nodes.ok_or(NO_DIMENSION)?;
        let found = count("NODE", node)?;
        let expected = known + 1;
        if found == expected && found <= nodes {
            Ok(())
        } else {
            Err(FaultKind::Turn { what, found, expected, nodes })
        }
    }

    fn weight_line(&mut self, words: &[&str]) -> Result<(), FaultKind> {
        let nodes = self.nodes.ok_or(NO_DIMENSION)?;
        for word in words {
            if self.weights.len() >= nodes * nodes {
                return Err(FaultKind::Count {
                    what: "EDGE_WEIGHT_SECTION",
                    found: self.weights.len() + 1,
                    expected: nodes * nodes,
                });
            }
            self.weights.push(whole("WEIGHT", word)?);
        }
        Ok(())
    }

    fn depot_line(&mut self, words: &[&str]) -> Result<(), FaultKind> {
        for &word in words {
            if word == "-1" {
                self.depots_ended = true;
                continue;
            }
            let (found, nodes) = (count("DEPOT", word)?, self.nodes.ok_or(NO_DIMENSION)?);
            let index = found
                .checked_sub(1)
                .filter(|&index| index < nodes && self.depot.is_none() && !self.depots_ended);
            self.depot = Some(index.ok_or(FaultKind::Depot { found, nodes })?);
        }
        Ok(())
    }

    /// Makes the problem of what was read.
    fn finish(self, precision: Precision) -> Result<Instance, Vec<FaultKind>> {
        let one = |kind| vec![kind];
        let missing = |what, remedy| vec![FaultKind::Missing { what, remedy }];
        let nodes = self.nodes.ok_or_else(|| one(NO_DIMENSION))?;
        let capacity = self.capacity.ok_or_else(|| missing("CAPACITY", "write `CAPACITY : LOAD`"))?;
        let legs =
            self.legs.ok_or_else(|| missing("EDGE_WEIGHT_TYPE", "write `EDGE_WEIGHT_TYPE : EUC_2D`"))?;
        let depot = self
            .depot
            .ok_or_else(|| missing("the depot", "write `DEPOT_SECTION`, then its node, then -1"))?;
        if self.demands.len() != nodes {
            let (what, found) = ("DEMAND_SECTION", self.demands.len());
            return Err(one(FaultKind::Count { what, found, expected: nodes }));
        }
        if let Some(&found) = self.demands.get(depot).filter(|&&demand| demand != 0) {
            return Err(one(FaultKind::DepotDemand { found }));
        }
        let unrounded = ["CMT", "Golden", "Li", "tai"].iter().any(|set| self.name.starts_with(set));
        let fine = match precision {
            Precision::ByName => unrounded && legs == Legs::Nearest,
            Precision::Whole => false,
            Precision::Thousandths => true,
        };
        let scale = if fine { 1_000 } else { 1 };
        // The depot first, the others in the file's order.
        let order: Vec<usize> =
            std::iter::once(depot).chain((0..nodes).filter(|&node| node != depot)).collect();
        let matrix = match legs {
            Legs::Explicit => {
                let format = self.format.ok_or_else(|| {
                    missing("EDGE_WEIGHT_FORMAT", "write `EDGE_WEIGHT_FORMAT : FULL_MATRIX` or the like")
                })?;
                let expected = format.entries(nodes);
                if self.weights.len() != expected {
                    let (what, found) = ("EDGE_WEIGHT_SECTION", self.weights.len());
                    return Err(one(FaultKind::Count { what, found, expected }));
                }
                legs::explicit(&self.weights, format, nodes, &order, scale)
            }
            _ if self.coordinates.len() != nodes => {
                let (what, found) = ("NODE_COORD_SECTION", self.coordinates.len());
                return Err(one(FaultKind::Count { what, found, expected: nodes }));
            }
            _ => legs::straight(&self.coordinates, &order, scale, legs == Legs::Up),
        };
        let in_units = |value: i128| i64::try_from(value * i128::from(scale) / NANO).unwrap_or(i64::MAX);
        let service = in_units(self.service);
        let stops = order.iter().skip(1).zip(1..).map(|(&node, id)| {
            let demand = self.demands.get(node).copied().unwrap_or(0);
            Stop { id, demand: [demand, 0, 0], service }
        });
        let fleet =
            Fleet { capacity: [capacity, 0, 0], trips: self.vehicles, duration: self.duration.map(in_units) };
        let problem = Problem::new(stops.collect(), &matrix, fleet)
            .map_err(|faults| faults.0.into_iter().map(FaultKind::Problem).collect::<Vec<_>>())?;
        Ok(Instance { name: self.name, problem, scale })
    }
}

const NO_DIMENSION: FaultKind =
    FaultKind::Missing { what: "DIMENSION", remedy: "write `DIMENSION : NODES` before the sections" };

fn unsupported(key: &'static str, found: &str, expected: &'static str) -> FaultKind {
    FaultKind::Unsupported { key, found: short(found), expected }
}

fn count(field: &'static str, text: &str) -> Result<usize, FaultKind> {
    text.parse().map_err(|_| FaultKind::Number {
        field,
        found: short(text),
        expected: "a whole number, 0 or more",
    })
}

fn whole(field: &'static str, text: &str) -> Result<i64, FaultKind> {
    text.parse().map_err(|_| FaultKind::Number {
        field,
        found: short(text),
        expected: "a whole number of at most 64 bits",
    })
}

/// The beginning of a text, for a message.
fn short(text: &str) -> String {
    text.chars().take(24).collect()
}
