//! Giving and taking back: what a grant, a founding grant and a revocation must satisfy.

use koinon_authority::{
    Action, CAPS_MAX, Caps, GrantFault, Granted, Grants, Resource, RevokeFault, RevokeReason, Revoked, Role,
    START_AHEAD_DAYS_MAX, Scope, check_founding, check_grant, check_revoke,
};
use koinon_core::ItemCode;

use crate::world::{
    ask, community, grams, grant, grant_id, now, person, place, register, store, wheat, whole,
};

fn mu3() -> Resource {
    Resource::community(community("mu3"))
}

/// A steward of `mu3` (person 1) and a new coordinator's grant that passes.
fn giving() -> (Grants, Granted) {
    let granted = Granted {
        by: Some(person(1)),
        not_before: now(),
        expires: now().plus_days(120),
        ..grant(5, 2, Role::Coordinator, whole("mu3"))
    };
    (register(&[grant(1, 1, Role::Steward, whole("mu3"))]), granted)
}

#[test]
fn a_grant_is_checked_field_by_field() {
    let (grants, good) = giving();
    let permit = ask(&grants, 1, Action::Grant, &mu3()).unwrap();
    assert_eq!(check_grant(&grants, &good, &permit), Ok(()));
    let many = (0..=CAPS_MAX).map(|n| (ItemCode::new(&format!("item-{n}")).unwrap(), grams(1))).collect();
    let ahead = now().plus_days(START_AHEAD_DAYS_MAX);
    let cases = [
        (Granted { expires: now(), ..good.clone() }, GrantFault::EndsBeforeStart),
        (
            Granted { expires: now().plus_days(120).plus_millis(1), ..good.clone() },
            GrantFault::TooLong(Role::Coordinator),
        ),
        (
            Granted { not_before: now().plus_millis(-1), expires: now().plus_days(9), ..good.clone() },
            GrantFault::BeginsInPast,
        ),
        (
            Granted { not_before: ahead.plus_millis(1), expires: ahead.plus_days(9), ..good.clone() },
            GrantFault::BeginsTooLate,
        ),
        (Granted { caps: Caps { per_act_max: many }, ..good.clone() }, GrantFault::TooManyCaps(CAPS_MAX + 1)),
        (
            Granted { caps: Caps { per_act_max: [(wheat(), grams(0))].into() }, ..good.clone() },
            GrantFault::CapNotPositive(wheat()),
        ),
        (Granted { grant: grant_id(1), ..good.clone() }, GrantFault::IdTaken(grant_id(1))),
        (Granted { subject: person(1), ..good.clone() }, GrantFault::ToSelf),
        (Granted { by: Some(person(3)), ..good.clone() }, GrantFault::NotPermitted),
        (Granted { by: None, ..good.clone() }, GrantFault::NotPermitted),
        (Granted { scope: whole("mu31"), ..good.clone() }, GrantFault::NotPermitted),
    ];
    for (granted, fault) in cases {
        assert_eq!(check_grant(&grants, &granted, &permit), Err(fault));
    }
    let later = Granted { not_before: ahead, expires: ahead.plus_days(120), ..good.clone() };
    assert_eq!(check_grant(&grants, &later, &permit), Ok(()));
    let mut twice = grants.clone();
    twice.evolve_granted(&good);
    assert_eq!(check_grant(&twice, &good, &permit), Ok(()), "the same act again is one act");
}

#[test]
fn nobody_gives_more_than_they_hold() {
    let (_, good) = giving();
    let barn = Scope::Store(community("mu3"), store("barn"));
    let keeper = register(&[grant(1, 1, Role::Steward, barn.clone())]);
    assert!(ask(&keeper, 1, Action::Grant, &mu3()).is_err());
    let permit = ask(&keeper, 1, Action::Grant, &barn.resource()).unwrap();
    assert_eq!(check_grant(&keeper, &Granted { scope: barn, ..good.clone() }, &permit), Ok(()));
    let place_scope = Scope::Place(community("mu3"), place("mu3"));
    for scope in [whole("mu3"), place_scope, Scope::Store(community("mu3"), store("loft"))] {
        let wider = Granted { scope, ..good.clone() };
        assert_eq!(check_grant(&keeper, &wider, &permit), Err(GrantFault::NotPermitted));
    }
    let caps = Caps { per_act_max: [(wheat(), grams(5))].into() };
    let capped = register(&[Granted { caps, ..grant(1, 1, Role::Steward, whole("mu3")) }]);
    let permit = ask(&capped, 1, Action::Grant, &mu3()).unwrap();
    assert_eq!(check_grant(&capped, &good, &permit), Err(GrantFault::GiverCapped));
    let other = ask(&giving().0, 1, Action::Revoke, &mu3()).unwrap();
    assert_eq!(check_grant(&giving().0, &good, &other), Err(GrantFault::NotPermitted));
}

#[test]
fn a_founding_grant_needs_a_community_without_steward() {
    let founding = Granted {
        not_before: now(),
        expires: now().plus_days(365),
        ..grant(7, 1, Role::Steward, whole("mu3"))
    };
    assert_eq!(check_founding(&Grants::new(), &founding, now()), Ok(()));
    let wrong = [
        Granted { role: Role::Coordinator, ..founding.clone() },
        Granted { by: Some(person(2)), ..founding.clone() },
        Granted { scope: Scope::Place(community("mu3"), place("mu3")), ..founding.clone() },
        Granted { caps: Caps { per_act_max: [(wheat(), grams(1))].into() }, ..founding.clone() },
    ];
    for granted in wrong {
        assert_eq!(check_founding(&Grants::new(), &granted, now()), Err(GrantFault::NotFounding));
    }
    let long = Granted { expires: now().plus_days(366), ..founding.clone() };
    assert_eq!(check_founding(&Grants::new(), &long, now()), Err(GrantFault::TooLong(Role::Steward)));
    let has = |grants: &Grants| check_founding(grants, &founding, now());
    let steward = grant(1, 2, Role::Steward, whole("mu3"));
    let none = GrantFault::HasSteward(community("mu3"));
    assert_eq!(has(&register(std::slice::from_ref(&steward))), Err(none.clone()));
    let soon = Granted { not_before: now().plus_days(1), ..steward.clone() };
    assert_eq!(has(&register(&[soon])), Err(none));
    let ended = Granted { expires: now(), ..steward };
    assert_eq!(has(&register(&[ended])), Ok(()), "a community is never locked out");
    assert_eq!(has(&register(&[grant(1, 2, Role::Steward, whole("mu31"))])), Ok(()));
    assert_eq!(has(&register(std::slice::from_ref(&founding))), Ok(()), "the same act again is one act");
}

#[test]
fn a_grant_is_taken_back_by_its_community_and_never_the_last_steward() {
    let (mut grants, granted) = giving();
    grants.evolve_granted(&granted);
    let permit = ask(&grants, 1, Action::Revoke, &mu3()).unwrap();
    let of = |id| Revoked {
        grant: grant_id(id),
        community: community("mu3"),
        by: person(1),
        reason: RevokeReason::Finished,
    };
    assert_eq!(check_revoke(&grants, &of(5), &permit), Ok(()));
    assert_eq!(
        check_revoke(&grants, &of(6), &permit),
        Err(RevokeFault::Unknown(grant_id(6), community("mu3")))
    );
    let foreign = Revoked { community: community("mu31"), ..of(5) };
    assert!(matches!(check_revoke(&grants, &foreign, &permit), Err(RevokeFault::Unknown(..))));
    let named = Revoked { by: person(2), ..of(5) };
    assert_eq!(check_revoke(&grants, &named, &permit), Err(RevokeFault::NotPermitted));
    let giving = ask(&grants, 1, Action::Grant, &mu3()).unwrap();
    assert_eq!(check_revoke(&grants, &of(5), &giving), Err(RevokeFault::NotPermitted));
    assert_eq!(check_revoke(&grants, &of(1), &permit), Err(RevokeFault::LastSteward(community("mu3"))));
    let next = Granted { not_before: now().plus_days(1), ..grant(8, 3, Role::Steward, whole("mu3")) };
    grants.evolve_granted(&next);
    assert!(check_revoke(&grants, &of(1), &permit).is_err(), "a steward to come is not there yet");
    grants.evolve_granted(&grant(9, 4, Role::Steward, whole("mu3")));
    assert_eq!(check_revoke(&grants, &of(1), &permit), Ok(()));
    grants.evolve_revoked(&of(5));
    assert_eq!(check_revoke(&grants, &of(5), &permit), Ok(()), "the same act again is one act");
    let again = Revoked { reason: RevokeReason::Mistake, ..of(5) };
    assert_eq!(check_revoke(&grants, &again, &permit), Err(RevokeFault::Again(grant_id(5))));
}
