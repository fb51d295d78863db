//! Who gives to whom, and how much: bands from givers to takers, as wide as what flows.

use std::collections::BTreeMap;

use crate::canvas::{Anchor, Canvas, Path, Turn};
use crate::geometry::at;
use crate::scale::amount;
use crate::text::{PHONE_SIZE, count, fit, from_to, title, width};
use crate::{Caption, Chart, Table};

/// Draws flows between two columns of names; a name may stand in both.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sankey {
    /// Name and description.
    pub caption: Caption,
    /// Table headers: from, to, what and how much.
    pub headings: [String; 3],
    /// Flows; those without a positive finite value are left to the table.
    pub flows: Vec<Flow>,
}

/// Holds one flow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flow {
    /// Name of the giver.
    pub from: String,
    /// Name of the taker.
    pub to: String,
    /// How much, in the measure that all flows share.
    pub value: f64,
    /// What and how much, in words.
    pub text: String,
}

const WIDTH: f64 = 480.0;
const BODY: f64 = 10.0;
const GAP: f64 = 26.0;
const MARGIN: f64 = 12.0;

/// Holds one column: names from top to bottom, where each begins and how high it is.
struct Column<'a> {
    order: Vec<&'a str>,
    top: BTreeMap<&'a str, f64>,
    tall: BTreeMap<&'a str, f64>,
}

impl<'a> Column<'a> {
    /// Stacks the names, centred on `height`; `unit` is the height of one unit of flow.
    fn stack(order: Vec<&'a str>, sums: &BTreeMap<&'a str, f64>, unit: f64, height: f64) -> Self {
        let tall: BTreeMap<&str, f64> = order
            .iter()
            .map(|name| (*name, (sums.get(name).copied().unwrap_or(0.0) * unit).max(2.0)))
            .collect();
        let whole = tall.values().sum::<f64>() + GAP * (count(order.len()) - 1.0).max(0.0);
        let mut y = (height - whole) / 2.0;
        let mut top = BTreeMap::new();
        for name in &order {
            top.insert(*name, y);
            y += tall.get(name).copied().unwrap_or(0.0) + GAP;
        }
        Self { order, top, tall }
    }

    fn rank(&self, name: &str) -> usize {
        self.order.iter().position(|other| *other == name).unwrap_or(0)
    }
}

impl Chart for Sankey {
    fn svg(&self) -> String {
        let flows: Vec<&Flow> = self.flows.iter().filter(|flow| amount(flow.value) > 0.0).collect();
        let (givers, takers) = (
            sums(flows.iter().map(|f| (f.from.as_str(), f.value))),
            sums(flows.iter().map(|f| (f.to.as_str(), f.value))),
        );
        let rows = count(givers.0.len().max(takers.0.len()));
        let whole: f64 = givers.1.values().sum();
        let body = (rows * 34.0).max(120.0);
        let height = body + GAP * (rows - 1.0).max(0.0) + 2.0 * MARGIN;
        let unit = if whole > 0.0 { body / whole } else { 0.0 };
        let left = Column::stack(givers.0, &givers.1, unit, height);
        let right = Column::stack(settled(takers.0, &flows, &left), &takers.1, unit, height);
        let room = |column: &Column<'_>| {
            let widest = column.order.iter().map(|name| width(name, PHONE_SIZE)).fold(0.0, f64::max);
            (widest + 10.0).min(WIDTH * 0.34)
        };
        let (start, end) = (room(&left), WIDTH - room(&right));

        let mut canvas = Canvas::new(&self.caption, "kc-sankey", (WIDTH, height), Turn::WithText, false);
        self.draw_bands(&mut canvas, flows, (&left, &right), unit, (start + BODY, end - BODY));
        for (column, x, text_x, anchor) in
            [(&left, start, start - 8.0, Anchor::End), (&right, end - BODY, end + 8.0, Anchor::Start)]
        {
            for name in &column.order {
                let (Some(top), Some(tall)) = (column.top.get(name), column.tall.get(name)) else { continue };
                canvas.rect("kc-post", at(x, *top), (BODY, *tall), 1.5, name);
                let room = if anchor == Anchor::End { start } else { WIDTH - end } - 9.0;
                canvas.text(
                    "kc-text kc-name",
                    at(text_x, top + tall / 2.0),
                    anchor,
                    &fit(name, PHONE_SIZE, room),
                );
            }
        }
        canvas.finish()
    }

    fn table(&self) -> Table {
        let rows = self.flows.iter().map(|f| vec![f.from.clone(), f.to.clone(), f.text.clone()]).collect();
        Table { headers: self.headings.to_vec(), rows }
    }
}

impl Sankey {
    fn draw_bands(
        &self,
        canvas: &mut Canvas,
        mut flows: Vec<&Flow>,
        (left, right): (&Column<'_>, &Column<'_>),
        unit: f64,
        (start, end): (f64, f64),
    ) {
        // Bands leave a giver in the order of the takers, and reach a taker in the order of the givers: fewest crossings.
        flows.sort_by_key(|flow| (left.rank(&flow.from), right.rank(&flow.to)));
        let mut leave = left.top.clone();
        let mut reach = right.top.clone();
        let middle = f64::midpoint(start, end);
        for flow in flows {
            let (Some(y1), Some(y2)) = (leave.get_mut(flow.from.as_str()), reach.get_mut(flow.to.as_str()))
            else {
                continue;
            };
            let tall = amount(flow.value) * unit;
            let (top1, top2) = (*y1, *y2);
            *y1 += tall;
            *y2 += tall;
            let tall = tall.max(1.0);
            let band = Path::start(at(start, top1))
                .cubic(at(middle, top1), at(middle, top2), at(end, top2))
                .line(at(end, top2 + tall))
                .cubic(at(middle, top2 + tall), at(middle, top1 + tall), at(start, top1 + tall))
                .close();
            let class = format!("kc-band kc-flow-{}", right.rank(&flow.to) % 4);
            canvas.path(
                &class,
                &band,
                &title(&[&from_to(&flow.from, &flow.to, self.caption.rtl), &flow.text]),
            );
        }
    }
}

/// Sums what belongs to each name; names in the order of their first appearance.
fn sums<'a>(parts: impl Iterator<Item = (&'a str, f64)>) -> (Vec<&'a str>, BTreeMap<&'a str, f64>) {
    let (mut order, mut sums) = (Vec::new(), BTreeMap::new());
    for (name, value) in parts {
        *sums.entry(name).or_insert_with(|| {
            order.push(name);
            0.0
        }) += amount(value);
    }
    (order, sums)
}

/// Orders takers by where their givers stand on average, so that bands cross less.
fn settled<'a>(mut takers: Vec<&'a str>, flows: &[&Flow], left: &Column<'_>) -> Vec<&'a str> {
    let pull = |taker: &str| {
        let (weight, sum) =
            flows.iter().filter(|flow| flow.to == taker).fold((0.0, 0.0), |(weight, sum), flow| {
                let value = amount(flow.value);
                (weight + value, sum + value * count(left.rank(&flow.from)))
            });
        sum / f64::max(weight, 1e-12)
    };
    takers.sort_by(|one, other| pull(one).total_cmp(&pull(other)));
    takers
}
