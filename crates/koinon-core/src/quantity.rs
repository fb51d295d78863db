//! Exact quantities: a whole number of base units of one dimension.
//!
//! No float ever enters. Amounts of a single record stay within ±10^15, which is below 2^53, so that a browser's
//! numbers and JSON keep them exactly; sums over many records use `i128` through [`Quantity::sum`]'s checks.

use std::fmt;

use minicbor::{Decode, Encode};

/// The largest magnitude of one quantity, in base units (10^15 g are 10^9 t).
pub const AMOUNT_MAX: i64 = 1_000_000_000_000_000;

/// What is counted, with its base unit. An item's dimension never changes.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Encode,
    Decode,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[cbor(index_only)]
pub enum Dimension {
    /// Mass in grams.
    #[n(0)]
    Mass,
    /// Volume in millilitres.
    #[n(1)]
    Volume,
    /// Pieces.
    #[n(2)]
    Count,
    /// Energy in watt-hours.
    #[n(3)]
    Energy,
    /// Work in person-minutes.
    #[n(4)]
    PersonTime,
    /// Beds times days.
    #[n(5)]
    BedTime,
}

/// An exact amount of one dimension, in base units.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Quantity {
    #[n(0)]
    dimension: Dimension,
    #[n(1)]
    #[cbor(decode_with = "decode_amount")]
    amount: i64,
}

/// Why an operation on quantities has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// The result would exceed ±10^15 base units.
    #[error("the amount {0} is beyond ±10^15 {unit}", unit = .1.base_unit())]
    TooLarge(i128, Dimension),
    /// The two sides measure different things.
    #[error("{} and {} measure different things", .0.base_unit(), .1.base_unit())]
    DimensionMismatch(Dimension, Dimension),
    /// Weights for a split are all zero, or there are none.
    #[error("a split needs at least one weight above zero")]
    NoWeights,
}

impl Dimension {
    /// Every dimension, in the order of its number.
    pub const ALL: [Self; 6] =
        [Self::Mass, Self::Volume, Self::Count, Self::Energy, Self::PersonTime, Self::BedTime];

    /// The code of the base unit in the unit table.
    pub const fn base_unit(self) -> &'static str {
        match self {
            Self::Mass => "g",
            Self::Volume => "ml",
            Self::Count => "piece",
            Self::Energy => "Wh",
            Self::PersonTime => "person-minute",
            Self::BedTime => "bed-day",
        }
    }
}

impl Quantity {
    /// Takes an amount in base units.
    pub fn new(amount: i64, dimension: Dimension) -> Result<Self, QuantityError> {
        Self::from_wide(i128::from(amount), dimension)
    }

    /// Takes a wide amount, as a sum gives it.
    pub fn from_wide(amount: i128, dimension: Dimension) -> Result<Self, QuantityError> {
        match i64::try_from(amount) {
            Ok(narrow) if (-AMOUNT_MAX..=AMOUNT_MAX).contains(&narrow) => {
                Ok(Self { dimension, amount: narrow })
            }
            _ => Err(QuantityError::TooLarge(amount, dimension)),
        }
    }

    /// Nothing of a dimension.
    pub const fn zero(dimension: Dimension) -> Self {
        Self { dimension, amount: 0 }
    }

    /// The amount in base units, within ±10^15.
    pub const fn amount(self) -> i64 {
        self.amount
    }

    /// What is measured.
    pub const fn dimension(self) -> Dimension {
        self.dimension
    }

    /// Whether the amount is zero.
    pub const fn is_zero(self) -> bool {
        self.amount == 0
    }

    /// Whether the amount is below zero.
    pub const fn is_negative(self) -> bool {
        self.amount < 0
    }

    /// The sum of two quantities of one dimension.
    pub fn plus(self, other: Self) -> Result<Self, QuantityError> {
        self.same_dimension(other)?;
        Self::from_wide(i128::from(self.amount) + i128::from(other.amount), self.dimension)
    }

    /// The difference of two quantities of one dimension.
    pub fn minus(self, other: Self) -> Result<Self, QuantityError> {
        self.plus(other.negated())
    }

    /// The same amount with the other sign.
    pub const fn negated(self) -> Self {
        // The range is symmetric, so this cannot overflow.
        Self { dimension: self.dimension, amount: -self.amount }
    }

    /// The sum of many quantities; zero of `dimension` when there are none.
    pub fn sum(
        quantities: impl IntoIterator<Item = Self>,
        dimension: Dimension,
    ) -> Result<Self, QuantityError> {
        let mut total = 0i128;
        for quantity in quantities {
            Self::zero(dimension).same_dimension(quantity)?;
            total += i128::from(quantity.amount);
        }
        Self::from_wide(total, dimension)
    }

    /// Splits into whole parts in proportion to `weights`, by largest remainder; the parts add up exactly.
    ///
    /// Ties go to the earlier part, so equal input gives equal output everywhere.
    pub fn split(self, weights: &[u64]) -> Result<Vec<Self>, QuantityError> {
        let total: u128 = weights.iter().map(|w| u128::from(*w)).sum();
        if total == 0 {
            return Err(QuantityError::NoWeights);
        }
        let magnitude = u128::from(self.amount.unsigned_abs());
        let mut parts = Vec::with_capacity(weights.len());
        let mut remainders = Vec::with_capacity(weights.len());
        for (index, weight) in weights.iter().enumerate() {
            let product = magnitude * u128::from(*weight);
            parts.push(product / total);
            remainders.push((std::cmp::Reverse(product % total), index));
        }
        let left = magnitude - parts.iter().sum::<u128>();
        remainders.sort_unstable();
        for (taken, (_, index)) in remainders.iter().enumerate() {
            if u128::try_from(taken).unwrap_or(u128::MAX) >= left {
                break;
            }
            if let Some(part) = parts.get_mut(*index) {
                *part += 1;
            }
        }
        let sign = if self.amount < 0 { -1 } else { 1 };
        parts
            .into_iter()
            .map(|part| Self::from_wide(i128::try_from(part).unwrap_or(i128::MAX) * sign, self.dimension))
            .collect()
    }

    fn same_dimension(self, other: Self) -> Result<(), QuantityError> {
        if self.dimension == other.dimension {
            Ok(())
        } else {
            Err(QuantityError::DimensionMismatch(self.dimension, other.dimension))
        }
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.dimension.base_unit())
    }
}

fn decode_amount<C>(d: &mut minicbor::Decoder<'_>, _: &mut C) -> Result<i64, minicbor::decode::Error> {
    let amount = d.i64()?;
    if (-AMOUNT_MAX..=AMOUNT_MAX).contains(&amount) {
        Ok(amount)
    } else {
        Err(minicbor::decode::Error::message("amount beyond ±10^15"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grams(amount: i64) -> Quantity {
        Quantity::new(amount, Dimension::Mass).unwrap()
    }

    #[test]
    fn the_range_is_kept_and_dimensions_do_not_mix() {
        assert!(Quantity::new(AMOUNT_MAX + 1, Dimension::Mass).is_err());
        assert!(grams(AMOUNT_MAX).plus(grams(1)).is_err());
        assert!(grams(1).plus(Quantity::zero(Dimension::Count)).is_err());
        let mut bytes = minicbor::to_vec(grams(7)).unwrap();
        assert_eq!(minicbor::decode::<Quantity>(&bytes).unwrap(), grams(7));
        bytes = vec![0x82, 0x00, 0x1b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert!(
            minicbor::decode::<Quantity>(&bytes).is_err(),
            "too large an amount is refused on the way in"
        );
    }

    proptest! {
        #[test]
        fn a_split_adds_up_and_stays_within_one_unit(
            amount in -AMOUNT_MAX..=AMOUNT_MAX,
            weights in prop::collection::vec(0u64..=1_000_000_000_000, 1..60),
        ) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let whole = grams(amount);
            let parts = whole.split(&weights).unwrap();
            prop_assert_eq!(Quantity::sum(parts.iter().copied(), Dimension::Mass).unwrap(), whole);
            let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let exact = i128::from(amount) * i128::from(*weight);
                let given = i128::from(part.amount()) * total;
                prop_assert!((given - exact).abs() <= total);
                prop_assert!(*weight > 0 || part.is_zero());
            }
        }
    }
}
