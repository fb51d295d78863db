//! The reader's state: what has been read so far, and the problem made of it.

use super::decimal::{NANO, decimal};
use super::fault::FaultKind;
use super::legs::{self, Format};
use super::{Instance, Precision};
use crate::faults::short;
use crate::route::problem::{Fleet, MAX_STOPS, Problem, Stop};

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
pub(super) struct Reader {
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
    /// Whether the text said that it ends here.
    pub(super) ended: bool,
}

impl Reader {
    /// Reads one line, trimmed.
    pub(super) fn line(&mut self, text: &str) -> Result<(), FaultKind> {
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
    pub(super) fn finish(self, precision: Precision) -> Result<Instance, Vec<FaultKind>> {
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
