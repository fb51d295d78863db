//! A sketch of the map, drawn from the legs alone.
//!
//! The search wants to know which trips lie side by side around the depot. With three lengths the law of cosines gives the scalar product
//! of two directions from the depot, and against two far stops as axes every place gets coordinates: exactly those of the map where
//! legs are straight lines, roughly those elsewhere. Only the order around the depot is read off; no cost comes from here.

/// A whole turn; bearings run from 0 to this (exclusive).
pub(super) const TURN: i64 = 1 << 16;

/// Coordinates with the depot as origin.
pub(super) type Point = (i64, i64);

/// Places each of `places` on a plane; `leg` gives lengths below 2^31, of which both directions are averaged.
pub(super) fn points(places: usize, leg: impl Fn(usize, usize) -> i64) -> Vec<Point> {
    let length = |a: usize, b: usize| i128::from(leg(a, b)) + i128::from(leg(b, a));
    // Twice the scalar product of the directions of a and b.
    let product = |a: usize, b: usize| {
        let square = |length: i128| length * length;
        square(length(0, a)) + square(length(0, b)) - if a == b { 0 } else { square(length(a, b)) }
    };
    let Some(east) =
        (1..places).rev().max_by_key(|&place| length(0, place)).filter(|&east| length(0, east) > 0)
    else {
        return vec![(0, 0); places];
    };
    let x = |place: usize| product(place, east) / (2 * length(0, east));
    // How far a place lies off the axis, squared.
    let aside = |place: usize| (product(place, place) / 2 - x(place) * x(place)).max(0);
    let north = (1..places).rev().max_by_key(|&place| aside(place)).unwrap_or(east);
    let (across, height) = (x(north), i128::try_from(aside(north).unsigned_abs().isqrt()).unwrap_or(0));
    let y =
        |place: usize| if height == 0 { 0 } else { (product(place, north) / 2 - x(place) * across) / height };
    // Legs that are no distances can throw a place far out; clamped, all sums stay small.
    let narrow = |value: i128| i64::try_from(value.clamp(-(1 << 40), 1 << 40)).unwrap_or(0);
    (0..places).map(|place| if place == 0 { (0, 0) } else { (narrow(x(place)), narrow(y(place))) }).collect()
}

/// Where a point lies around the depot: a quarter of [`TURN`] for each quadrant, ascending with the angle.
pub(super) fn bearing((x, y): Point) -> i64 {
    let quarter = TURN / 4;
    let reach = x.abs() + y.abs();
    if reach == 0 {
        return 0;
    }
    let share = |part: i64| part.abs() * quarter / reach;
    let bearing = match (x >= 0, y >= 0) {
        (true, true) => share(y),
        (false, true) => quarter + share(x),
        (false, false) => 2 * quarter + share(y),
        (true, false) => 3 * quarter + share(x),
    };
    bearing % TURN
}

/// A part of the turn, from `from` on by `width`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sector {
    from: i64,
    width: i64,
}

impl Sector {
    /// The sector that holds one bearing only.
    pub(super) fn at(bearing: i64) -> Self {
        Self { from: bearing, width: 0 }
    }

    /// Widens the sector, on the nearer side, until it holds a bearing.
    pub(super) fn widen(&mut self, bearing: i64) {
        let ahead = (bearing - self.from).rem_euclid(TURN);
        if ahead <= self.width {
            return;
        }
        if ahead - self.width <= TURN - ahead {
            self.width = ahead;
        } else {
            self.width += TURN - ahead;
            self.from = bearing;
        }
    }

    /// Whether two sectors share a bearing.
    pub(super) fn meets(&self, other: &Self) -> bool {
        (other.from - self.from).rem_euclid(TURN) <= self.width
            || (self.from - other.from).rem_euclid(TURN) <= other.width
    }
}

#[cfg(test)]
mod tests {
    use super::{Sector, TURN, bearing, points};

    #[test]
    fn a_map_comes_back_from_its_distances() {
        let map: [(i64, i64); 7] = [
            (0, 0),
            (3_000, 4_000),
            (-5_000, 12_000),
            (8_000, -6_000),
            (-20_000, -21_000),
            (0, 9_000),
            (1, 0),
        ];
        let leg = |a: usize, b: usize| {
            let (dx, dy) = (map[a].0 - map[b].0, map[a].1 - map[b].1);
            (dx * dx + dy * dy).isqrt()
        };
        let drawn = points(map.len(), leg);
        // Both directions are added, so the sketch has twice the scale; it may be turned and mirrored.
        for a in 0..map.len() {
            for b in 0..map.len() {
                let (dx, dy) = (drawn[a].0 - drawn[b].0, drawn[a].1 - drawn[b].1);
                let found = (dx * dx + dy * dy).isqrt() / 2;
                assert!((found - leg(a, b)).abs() <= 40, "{a}-{b}: {found} for {}", leg(a, b));
            }
        }
    }

    #[test]
    fn places_on_a_line_or_on_one_spot_are_drawn_too() {
        assert_eq!(points(3, |_, _| 0), [(0, 0); 3]);
        assert_eq!(points(1, |_, _| 0), [(0, 0)]);
        let line = points(4, |a, b| i64::try_from(a.abs_diff(b)).unwrap() * 100);
        assert_eq!(line, [(0, 0), (200, 0), (400, 0), (600, 0)]);
        let wild = points(4, |a, b| if a + b == 5 { (1 << 31) - 1 } else { 1 });
        assert_eq!(wild.len(), 4);
    }

    #[test]
    fn bearings_ascend_around_the_depot() {
        let around = [(9, 0), (9, 2), (1, 9), (0, 9), (-5, 9), (-9, 0), (-9, -1), (0, -9), (4, -4), (9, -1)];
        let bearings = around.map(bearing);
        assert!(bearings.is_sorted_by(|a, b| a < b), "{bearings:?}");
        assert!(bearings.iter().all(|bearing| (0..TURN).contains(bearing)));
        assert_eq!(bearing((0, 0)), 0);
    }

    #[test]
    fn sectors_widen_to_the_nearer_side_and_over_the_seam() {
        let mut sector = Sector::at(65_000);
        sector.widen(500);
        assert_eq!(sector, Sector { from: 65_000, width: 1_036 });
        sector.widen(64_000);
        assert_eq!(sector, Sector { from: 64_000, width: 2_036 });
        assert!(sector.meets(&Sector::at(0)) && Sector::at(0).meets(&sector));
        assert!(!sector.meets(&Sector::at(501)) && !sector.meets(&Sector::at(63_999)));
    }
}
