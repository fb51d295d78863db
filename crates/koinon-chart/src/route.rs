//! Bends the arrows of a map, so that they pass beside places and not through them.

use crate::geometry::{Point, at, on_curve};

/// Holds one curved arrow, trimmed to the rims of its ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Curve {
    pub(crate) from: Point,
    pub(crate) control: Point,
    /// Where the line ends and the head begins.
    pub(crate) neck: Point,
    pub(crate) tip: Point,
    /// The two back corners of the head.
    pub(crate) barbs: [Point; 2],
}

/// Bends tried, as shares of the distance; the first that passes every place cleanly wins.
const BENDS: [f64; 8] = [0.2, -0.2, 0.3, -0.3, 0.42, -0.42, 0.6, -0.6];
/// Length of an arrowhead.
const HEAD: f64 = 12.0;

impl Curve {
    /// Lists points along the line, for what must keep off it.
    pub(crate) fn samples(&self) -> impl Iterator<Item = Point> {
        let curve = *self;
        (0..=24u32).map(move |step| on_curve(curve.from, curve.control, curve.tip, f64::from(step) / 24.0))
    }

    /// Finds the point at the share `t` of the way.
    pub(crate) fn along(&self, t: f64) -> Point {
        on_curve(self.from, self.control, self.tip, t)
    }
}

/// Draws the curve between two places that best avoids the others and earlier curves; none when the two are one spot.
pub(crate) fn bend(from: Point, to: Point, radius: f64, others: &[Point], taken: &[Curve]) -> Option<Curve> {
    if from.distance(to) < radius * 2.0 + HEAD {
        return None;
    }
    BENDS
        .into_iter()
        .enumerate()
        .map(|(nth, share)| {
            let curve = shape(from, to, radius, share);
            (cost(&curve, radius, others, taken) + crate::text::count(nth) * 0.4, curve)
        })
        .min_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, curve)| curve)
}

fn shape(from: Point, to: Point, radius: f64, share: f64) -> Curve {
    let middle = from.mix(to, 0.5);
    let control = at(middle.x - (to.y - from.y) * share, middle.y + (to.x - from.x) * share);
    let start = from.towards(control, radius + 2.0);
    let tip = to.towards(control, radius + 3.0);
    let neck = tip.towards(control, HEAD * 0.8);
    let back = tip.towards(control, HEAD);
    let (dx, dy) = ((back.x - tip.x) * 0.45, (back.y - tip.y) * 0.45);
    Curve { from: start, control, neck, tip, barbs: [back.shift(-dy, dx), back.shift(dy, -dx)] }
}

/// Counts how often a curve comes too near to places (dear) and to curves already drawn (cheap).
fn cost(curve: &Curve, radius: f64, others: &[Point], taken: &[Curve]) -> f64 {
    let near = |point: Point, room: f64, of: &[Point]| {
        crate::text::count(of.iter().filter(|other| other.distance(point) < room).count())
    };
    let mut sum = 0.0;
    for point in curve.samples() {
        sum += 4.0 * near(point, radius + 5.0, others);
    }
    for share in [0.25, 0.5, 0.75] {
        let here = curve.along(share);
        let marks: Vec<Point> = taken.iter().map(|other| other.along(share)).collect();
        sum += 2.0 * near(here, 12.0, &marks);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_passes_beside_a_place_in_its_way() {
        let (from, to) = (at(0.0, 0.0), at(300.0, 0.0));
        let plain = bend(from, to, 14.0, &[], &[]).unwrap();
        let in_the_way = plain.along(0.5);
        let curve = bend(from, to, 14.0, &[in_the_way], &[]).unwrap();
        assert!(curve.samples().all(|point| point.distance(in_the_way) > 14.0));
        assert!(curve.tip.distance(to) > 14.0 && curve.from.distance(from) > 14.0);
    }

    #[test]
    fn no_arrow_from_a_place_to_itself() {
        assert!(bend(at(5.0, 5.0), at(5.0, 5.0), 14.0, &[], &[]).is_none());
    }
}
