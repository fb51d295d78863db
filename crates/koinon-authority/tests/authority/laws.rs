//! Laws of the register and of time: order does not matter, and no authority outlives its end.

use crate::world::{community, grams, grant, grant_id, now, person, place, register, store, wheat, whole};
use koinon_authority::{
    Action, Actor, Caps, Granted, Grants, Reach, Resource, RevokeReason, Revoked, Role, Scope, authorize,
};
use koinon_core::{Digest, Timestamp};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Fact {
    Granted(Granted),
    Revoked(Revoked),
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        8 => (-400i64..400).prop_map(|days| now().plus_days(days)),
        1 => any::<i64>().prop_map(Timestamp::from_millis),
        1 => (-2i64..=2).prop_map(|ms| now().plus_millis(ms)),
    ]
}

fn any_scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        Just(whole("mu3")),
        Just(whole("mu31")),
        Just(Scope::Place(community("mu3"), place("hub"))),
        Just(Scope::Store(community("mu31"), store("barn"))),
    ]
}

fn any_granted() -> impl Strategy<Value = Granted> {
    let who = (1u8..4, 1u8..4, 0usize..5);
    let how = (any_scope(), proptest::option::of(1i64..9), any_time(), any_time());
    (who, how, any::<bool>(), any::<bool>()).prop_map(
        |((id, subject, role), (scope, cap, not_before, expires), by, decision)| Granted {
            caps: Caps { per_act_max: cap.map(|cap| (wheat(), grams(cap))).into_iter().collect() },
            not_before,
            expires,
            by: by.then(|| person(9)),
            decision: decision.then_some(Digest([7; 32])),
            ..grant(id, subject, Role::ALL[role], scope)
        },
    )
}

fn any_revoked() -> impl Strategy<Value = Revoked> {
    (1u8..4, any::<bool>(), 8u8..10, 0usize..5).prop_map(|(id, first, by, reason)| Revoked {
        grant: grant_id(id),
        community: community(if first { "mu3" } else { "mu31" }),
        by: person(by),
        reason: RevokeReason::ALL[reason],
    })
}

fn any_facts() -> impl Strategy<Value = Vec<Fact>> {
    let fact = prop_oneof![
        3 => any_granted().prop_map(Fact::Granted),
        1 => any_revoked().prop_map(Fact::Revoked),
    ];
    proptest::collection::vec(fact, 0..12)
}

fn book<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Grants {
    let mut grants = Grants::new();
    for fact in facts {
        match fact {
            Fact::Granted(granted) => grants.evolve_granted(granted),
            Fact::Revoked(revoked) => grants.evolve_revoked(revoked),
        }
    }
    grants
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn any_order_and_any_repetition_give_the_same_register(
        (facts, shuffled) in any_facts().prop_flat_map(|facts| (Just(facts.clone()), Just(facts).prop_shuffle())),
        repeat in 0usize..12,
    ) {
        let once = book(&facts);
        prop_assert_eq!(&once, &book(&shuffled));
        prop_assert_eq!(&once, &book(shuffled.iter().chain(facts.iter().take(repeat))));
        prop_assert_eq!(&once, &book(facts.iter().rev().chain(&shuffled)));
    }

    #[test]
    fn a_snapshot_reads_back_and_goes_on(facts in any_facts(), more in any_facts()) {
        let bytes = minicbor::to_vec(book(&facts)).unwrap();
        let mut read: Grants = minicbor::decode(&bytes).unwrap();
        prop_assert_eq!(&read, &book(&facts));
        for fact in &more {
            match fact {
                Fact::Granted(granted) => read.evolve_granted(granted),
                Fact::Revoked(revoked) => read.evolve_revoked(revoked),
            }
        }
        prop_assert_eq!(read, book(facts.iter().chain(&more)));
    }

    #[test]
    fn what_is_allowed_rests_on_one_grant_that_holds(
        facts in any_facts(), who in 1u8..4, action in 0usize..Action::ALL.len(), at in any_time(), meter: bool, amount in 0i64..9,
    ) {
        let grants = book(&facts);
        let action = Action::ALL[action];
        let who = if meter { Actor::Meter(person(who)) } else { Actor::Person(person(who)) };
        let resource = Resource::community(community("mu3"))
            .in_store(place("hub"), store("dock"))
            .moving(wheat(), grams(amount));
        if let Ok(permit) = authorize(&grants, &who, action, &resource, at) {
            let subject = who.subject().unwrap();
            let id = permit.grant().unwrap();
            // Another community may have given a grant of the same id.
            let held = grants.of_subject(subject).find(|held| {
                let granted = held.granted;
                let reaches = *granted.community() == resource.community || action.rule().reach == Reach::Federation;
                held.revoked.is_none()
                    && (granted.grant, Some(granted.role)) == (id, permit.role())
                    && reaches
                    && granted.not_before <= at
                    && at < granted.expires
            });
            let granted = held.expect("a permit names a grant of its subject that holds and nobody took back").granted;
            let lasted = i128::from(at.as_millis()) - i128::from(granted.not_before.as_millis());
            let longest = i128::from(granted.role.days_max()) * i128::from(Timestamp::DAY_MS);
            prop_assert!(lasted < longest, "longer than its role allows");
            prop_assert!(granted.role.may(action));
            prop_assert_eq!(granted.role == Role::Meter, meter);
        }
    }

    #[test]
    fn nothing_is_allowed_without_a_grant_or_after_it_was_taken_back(
        granted in any_granted(), revoked in any_revoked(), action in 0usize..Action::ALL.len(), at in any_time(),
    ) {
        let mut grants = register(std::slice::from_ref(&granted));
        let mine = Revoked { grant: granted.grant, community: granted.community().clone(), ..revoked };
        grants.evolve_revoked(&mine);
        let resource = granted.scope.resource();
        for who in [Actor::Person(granted.subject), Actor::Meter(granted.subject)] {
            prop_assert!(authorize(&grants, &who, Action::ALL[action], &resource, at).is_err());
            prop_assert!(authorize(&Grants::new(), &who, Action::ALL[action], &resource, at).is_err());
        }
    }

    #[test]
    fn facts_survive_their_bytes(granted in any_granted(), revoked in any_revoked()) {
        let bytes = minicbor::to_vec(&granted).unwrap();
        prop_assert_eq!(minicbor::decode::<Granted>(&bytes).unwrap(), granted);
        let bytes = minicbor::to_vec(&revoked).unwrap();
        prop_assert_eq!(minicbor::decode::<Revoked>(&bytes).unwrap(), revoked);
    }

    #[test]
    fn broken_bytes_are_refused_without_a_panic(granted in any_granted(), at: usize, byte: u8, cut: usize) {
        let mut bytes = minicbor::to_vec(&granted).unwrap();
        let at = at % bytes.len();
        bytes[at] = byte;
        bytes.truncate(cut % (bytes.len() + 1));
        let _ = minicbor::decode::<Granted>(&bytes);
        let _ = minicbor::decode::<Revoked>(&bytes);
        let _ = minicbor::decode::<Grants>(&bytes);
    }
}
