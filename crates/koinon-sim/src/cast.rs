//! The people of the play: who holds which task in a community, and what they are called at home.
//!
//! Different people do what must be done by different hands. Only their parts are named here; the ids of persons are
//! made by whoever founds the community.

use koinon_authority::Role;
use koinon_core::Day;

use crate::rng::{Purpose, Seed};

/// A part in the play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Promises stock to others; the founding steward.
    StewardA,
    /// Answers offers and receives what arrives.
    StewardB,
    /// States needs, and is the second person for large transfers.
    Facilitator,
    /// Counts, records, loads.
    Coordinator,
    /// The device at the water tower: writes what flowed, and nothing else.
    Meter,
}

/// One member of a community's cast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The part.
    pub part: Part,
    /// The role to grant.
    pub role: Role,
    /// What they are called at home.
    pub name: String,
}

const NAMES: [&str; 48] = [
    "Amina", "Bruno", "Carla", "Daoud", "Elena", "Farid", "Greta", "Hugo", "Ines", "Jamal", "Katja", "Luis",
    "Mariam", "Nadir", "Olga", "Pablo", "Qamar", "Rosa", "Samir", "Tessa", "Ulises", "Vera", "Walid",
    "Xenia", "Yusuf", "Zoe", "Alba", "Basil", "Chiara", "Diego", "Emre", "Fatou", "Gael", "Hana", "Ivo",
    "Julia", "Karim", "Lena", "Mateo", "Noor", "Oscar", "Petra", "Rami", "Sofia", "Tariq", "Uma", "Victor",
    "Wanda",
];

impl Part {
    /// Every part, the founding steward first.
    pub const ALL: [Self; 5] =
        [Self::StewardA, Self::StewardB, Self::Facilitator, Self::Coordinator, Self::Meter];

    /// The role that the part needs.
    pub const fn role(self) -> Role {
        match self {
            Self::StewardA | Self::StewardB => Role::Steward,
            Self::Facilitator => Role::Facilitator,
            Self::Coordinator => Role::Coordinator,
            Self::Meter => Role::Meter,
        }
    }
}

/// The cast of the `index`th community: one member for each of [`Part::ALL`], in that order.
pub(crate) fn cast(seed: Seed, index: u32) -> Vec<Member> {
    let mut names = NAMES;
    // Ten communities have forty people; each block of ten gets an order of its own, so that none meets a namesake.
    seed.dice(index / 10, Day(0), Purpose::Names, 0).shuffle(&mut names);
    let first = usize::try_from(index % 10).unwrap_or(0) * 4;
    let people = names.into_iter().skip(first).map(str::to_owned);
    let all = people.take(4).chain(std::iter::once("Water meter".to_owned()));
    Part::ALL.into_iter().zip(all).map(|(part, name)| Member { part, role: part.role(), name }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_communities_share_no_name() {
        let all: Vec<Member> = (0..10).flat_map(|index| cast(Seed(1), index)).collect();
        let people = all.iter().filter(|member| member.part != Part::Meter);
        let names: std::collections::BTreeSet<&str> = people.map(|member| member.name.as_str()).collect();
        assert_eq!(names.len(), 40);
        assert_eq!(all.iter().filter(|member| member.role == Role::Steward).count(), 20);
    }
}
