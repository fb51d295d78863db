//! An amount as commands show it: base units for programs, words for people.

use koinon_core::{Dimension, Quantity};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An amount for programs and for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Amount {
    /// Whole base units.
    pub(crate) base_units: i64,
    /// The code of the base unit.
    pub(crate) base_unit: String,
    /// The amount in a unit that suits its size.
    pub(crate) text: String,
}

impl Amount {
    /// Takes base units.
    pub(crate) fn new(amount: i64, dimension: Dimension) -> Self {
        let text = Quantity::new(amount, dimension).map_or_else(|_| amount.to_string(), |q| q.to_string());
        Self { base_units: amount, base_unit: dimension.base_unit().to_owned(), text }
    }

    /// Takes a sum of base units; beyond 64 bits it is shown as the largest number.
    pub(crate) fn wide(amount: i128, dimension: Dimension) -> Self {
        let most = if amount < 0 { i64::MIN } else { i64::MAX };
        Self::new(i64::try_from(amount).unwrap_or(most), dimension)
    }
}
