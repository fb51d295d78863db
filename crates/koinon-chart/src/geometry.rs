//! Points, boxes and curves on the drawing plane; y grows downwards.

/// Holds a position in user units.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// Makes a point.
pub(crate) fn at(x: f64, y: f64) -> Point {
    Point { x, y }
}

impl Point {
    /// Moves by an offset.
    pub(crate) fn shift(self, dx: f64, dy: f64) -> Self {
        at(self.x + dx, self.y + dy)
    }

    /// Measures the distance to another point.
    pub(crate) fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// Walks `length` towards another point; stays when the two coincide.
    pub(crate) fn towards(self, other: Self, length: f64) -> Self {
        let whole = self.distance(other);
        if whole < 1e-9 { self } else { self.mix(other, length / whole) }
    }

    /// Stands at the share `t` of the way to another point.
    pub(crate) fn mix(self, other: Self, t: f64) -> Self {
        at(self.x + (other.x - self.x) * t, self.y + (other.y - self.y) * t)
    }
}

/// Holds an upright box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Bounds {
    /// Makes a box around a centre.
    pub(crate) fn around(centre: Point, half_width: f64, half_height: f64) -> Self {
        Self {
            left: centre.x - half_width,
            top: centre.y - half_height,
            right: centre.x + half_width,
            bottom: centre.y + half_height,
        }
    }

    /// Tells whether two boxes share any area.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Tells whether another box lies wholly inside.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && other.right <= self.right
            && other.bottom <= self.bottom
    }

    /// Tells whether a point lies inside.
    pub(crate) fn contains(&self, point: Point) -> bool {
        (self.left..=self.right).contains(&point.x) && (self.top..=self.bottom).contains(&point.y)
    }
}

/// Finds the point at `t` in 0..=1 on a quadratic curve.
pub(crate) fn on_curve(from: Point, control: Point, to: Point, t: f64) -> Point {
    from.mix(control, t).mix(control.mix(to, t), t)
}

/// Samples a straight line about every four units, at most 200 times.
pub(crate) fn samples(from: Point, to: Point) -> impl Iterator<Item = Point> {
    let wanted = (from.distance(to) / 4.0).clamp(1.0, 200.0);
    (0..=200u32)
        .map(f64::from)
        .take_while(move |step| *step <= wanted)
        .map(move |step| from.mix(to, step / wanted))
}
