//! Files that neighbours keep: on the page of copies, for those who keep the computer, and for nobody else.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod browser;

use browser::House;
use koinon_core::NodeId;
use koinon_node::{PeerConfig, PlaceOrder};
use koinon_web::i18n::Lang;
use koinon_web::words::forbidden_in;

/// A public key of age, as its documentation shows one.
const KEY: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const LABEL: &str = "ward seven <by night>";

#[tokio::test]
async fn who_keeps_the_computer_sees_who_has_which_file_and_nobody_else_does() {
    let house = House::found();
    let keeper = NodeId([7; 32]);
    house.node.add_peer(PeerConfig { node: keeper, community: None, url: None, ca: None }).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ward.tar");
    std::fs::write(&file, b"the patient of bed seven").unwrap();
    let order =
        PlaceOrder { file, label: LABEL.into(), with: vec![keeper], recipients: vec![KEY.to_owned()] };
    house.node.kept_place(&order).unwrap();
    house.node.kept_allow(keeper, 5 << 20).unwrap();

    let mut mara = house.signed_in().await;
    assert_eq!(mara.get("/copies").await, 200);
    let shown = "ward seven &lt;by night&gt;";
    for words in [shown, "Files that neighbours keep for us", ": has not asked for it yet", "0 KiB of 5 MiB"]
    {
        assert!(mara.html.contains(words), "{words}: {}", mara.html);
    }
    assert!(mara.html.contains(&keeper.short()));
    assert_eq!(forbidden_in(Lang::En, &mara.html), Vec::<&str>::new());

    let mut sami = house.invited(&mut mara, "Sami", "sami").await;
    let mut guest = house.browser();
    for other in [&mut sami, &mut guest] {
        assert_eq!(other.get("/copies").await, 200);
        assert!(!other.html.contains("ward seven") && !other.html.contains("Files that neighbours keep"));
    }
    assert_eq!(guest.get("/copies.json").await, 200);
    assert!(!guest.html.contains("ward seven"));
}
