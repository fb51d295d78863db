//! Why stock changed: a closed list of codes, since no free text leaves a community.

use minicbor::{Decode, Encode};

use crate::action::{Action, Effect};

/// The account that a change of stock is booked against; every change has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Came into being here.
    Produced,
    /// Came from outside the federation, or stood here when the book was opened.
    CameIn,
    /// Used up.
    Consumed,
    /// Given to people or households from a store.
    HandedOut,
    /// Spoiled, broken, stolen, gone.
    Lost,
    /// Went outside the federation.
    WentOut,
    /// The difference that a count found.
    Adjusted,
    /// Loaded for a transfer.
    Sent,
    /// Taken in from a transfer.
    Arrived,
    /// Came back from a transfer.
    CameBack,
    /// From one lot to another in the same book.
    Moved,
}

impl Account {
    /// Every account.
    pub const ALL: [Self; 11] = [
        Self::Produced,
        Self::CameIn,
        Self::Consumed,
        Self::HandedOut,
        Self::Lost,
        Self::WentOut,
        Self::Adjusted,
        Self::Sent,
        Self::Arrived,
        Self::CameBack,
        Self::Moved,
    ];

    /// The account's place in [`Account::ALL`].
    pub fn index(self) -> usize {
        Self::ALL.iter().position(|account| *account == self).unwrap_or(0)
    }

    /// Whether people here used it, so that it counts as demand.
    pub const fn is_demand(self) -> bool {
        matches!(self, Self::Consumed | Self::HandedOut)
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $n:literal $name:ident $code:literal $sign:ident $action:ident $account:ident;)*) => {
        /// Why stock changed, a transfer was refused, or a part went missing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(index_only)]
        pub enum Reason {
            $($(#[$doc])* #[n($n)] $name,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code in files and in the API.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Which way stock goes for this reason.
            pub const fn sign(self) -> Sign {
                match self { $(Self::$name => Sign::$sign,)* }
            }

            /// The Valueflows action that an entry with this reason has.
            pub const fn action(self) -> Action {
                match self { $(Self::$name => Action::$action,)* }
            }

            /// The account it is booked against.
            pub const fn account(self) -> Account {
                match self { $(Self::$name => Account::$account,)* }
            }
        }
    };
}

/// Which way stock goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Stock goes up.
    In,
    /// Stock goes down.
    Out,
    /// The reason is not one for a plain entry.
    Neither,
}

reasons! {
    /// Grown or gathered.
    0 Harvested "harvested" In Produce Produced;
    /// Made from other things.
    1 Made "made" In Produce Produced;
    /// Born or hatched.
    2 Born "born" In Produce Produced;
    /// Stood here when the book was opened.
    3 Opening "opening" In Raise CameIn;
    /// A gift from outside the federation.
    4 GiftIn "gift-in" In Raise CameIn;
    /// Bought outside the federation.
    5 PurchaseIn "purchase-in" In Raise CameIn;
    /// Borrowed from outside the federation.
    6 LoanIn "loan-in" In Raise CameIn;
    /// Found again.
    7 Found "found" In Raise CameIn;
    /// Came in for another stated reason.
    8 OtherIn "other-in" In Raise CameIn;
    /// Eaten, burnt, drunk or used up here.
    9 Consumed "consumed" Out Consume Consumed;
    /// Handed out to people or households.
    10 HandedOut "handed-out" Out Lower HandedOut;
    /// Sown.
    11 Sown "sown" Out Consume Consumed;
    /// Fed to animals.
    12 Fed "fed" Out Consume Consumed;
    /// Used to make something else.
    13 UsedToMake "used-to-make" Out Consume Consumed;
    /// Slaughtered.
    14 Slaughtered "slaughtered" Out Consume Consumed;
    /// Died.
    15 Died "died" Out Lower Lost;
    /// Went bad.
    16 Spoiled "spoiled" Out Lower Lost;
    /// Past its date.
    17 Expired "expired" Out Lower Lost;
    /// Broken or torn.
    18 Damaged "damaged" Out Lower Lost;
    /// The cold chain broke.
    19 ColdChain "cold-chain" Out Lower Lost;
    /// Stolen.
    20 Stolen "stolen" Out Lower Lost;
    /// Lost.
    21 Lost "lost" Out Lower Lost;
    /// Eaten by pests.
    22 Pests "pests" Out Lower Lost;
    /// Recalled and destroyed.
    23 Destroyed "destroyed" Out Lower Lost;
    /// Given to neighbours outside the federation.
    24 AidOut "aid-out" Out Lower WentOut;
    /// Returned to a lender outside the federation.
    25 LoanReturned "loan-returned" Out Lower WentOut;
    /// Went out for another stated reason.
    26 OtherOut "other-out" Out Lower WentOut;
    /// Put into another store of the same community.
    27 MovedOut "moved-out" Out Move Moved;
    /// Put here from another store of the same community.
    28 MovedIn "moved-in" In Move Moved;
    /// Nobody knows yet.
    29 NotKnownYet "not-known-yet" Neither Lower Lost;
    /// Not needed any more.
    30 NotNeeded "not-needed" Neither Lower Lost;
    /// No room to store it.
    31 NoRoom "no-room" Neither Lower Lost;
    /// No vehicle or no driver.
    32 NoTransport "no-transport" Neither Lower Lost;
    /// Needed at home.
    33 NeededHere "needed-here" Neither Lower Lost;
    /// Not what was agreed.
    34 WrongItem "wrong-item" Neither Lower Lost;
    /// Too short a time to its date.
    35 ShortDated "short-dated" Neither Lower Lost;
    /// The figures behind it are doubted.
    36 FiguresDoubted "figures-doubted" Neither Lower Lost;
    /// Another place needs it more.
    37 OthersFirst "others-first" Neither Lower Lost;
    /// A recall of the batch.
    38 Recall "recall" Neither Lower Lost;
    /// Awaiting a test of quality.
    39 Quarantine "quarantine" Neither Lower Lost;
    /// A wrong entry.
    40 EntryError "entry-error" Neither Lower Lost;
    /// The way is closed.
    41 RouteClosed "route-closed" Neither Lower Lost;
    /// Loaded for a transfer.
    42 Sent "sent" Neither Pickup Sent;
    /// Taken in from a transfer.
    43 Arrived "arrived" Neither Dropoff Arrived;
    /// Came back from a transfer.
    44 CameBack "came-back" Neither Dropoff CameBack;
    /// More came with a transfer than was loaded.
    45 Excess "excess" Neither Raise CameIn;
}

impl Reason {
    /// Finds a reason by its code.
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.code() == code)
    }

    /// Whether lines with this reason follow from a transfer's own papers; they are restated there, never corrected or
    /// entered by themselves.
    pub const fn is_of_transfer(self) -> bool {
        matches!(self, Self::Sent | Self::Arrived | Self::CameBack | Self::Excess)
    }

    /// Whether an entry with this reason takes stock away.
    pub fn goes_down(self) -> bool {
        match self.sign() {
            Sign::In => false,
            Sign::Out => true,
            Sign::Neither => self.action().row().onhand == Effect::Decrement,
        }
    }

    /// The reasons that may stand on a plain entry in one direction.
    pub fn for_sign(sign: Sign) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |reason| reason.sign() == sign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_one_code_and_its_direction_fits_its_action() {
        for reason in Reason::ALL {
            assert_eq!(Reason::by_code(reason.code()), Some(*reason));
            let onhand = reason.action().row().onhand;
            match reason.sign() {
                Sign::In => {
                    assert!(matches!(onhand, Effect::Increment | Effect::DecrementIncrement), "{reason:?}");
                }
                Sign::Out => {
                    assert!(matches!(onhand, Effect::Decrement | Effect::DecrementIncrement), "{reason:?}");
                }
                Sign::Neither => {}
            }
        }
        assert_eq!(Account::ALL.map(Account::index), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
}
