//! `koinon certificate`: look at the node's certificate, renew it, add names.

use std::net::IpAddr;

use clap::{Args, Subcommand};

use crate::console::views::{Answer, CertificateView};
use crate::console::{Ask, RenewAsk};
use crate::data::DataArgs;
use crate::failure::Exit;
use crate::out::{Align, Out, say};
use crate::reach;

/// What is done with the certificate.
#[derive(Debug, Subcommand)]
pub(crate) enum CertificateCommand {
    /// Show until when it holds, and for which names
    Show {
        #[command(flatten)]
        data: DataArgs,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Renew it from the community's authority, with its names and more; what serves takes it up at once
    Renew(RenewArgs),
}

/// Renews the certificate.
#[derive(Debug, Args)]
pub(crate) struct RenewArgs {
    #[command(flatten)]
    data: DataArgs,
    /// One more name by which the node is reached; may be said more than once
    #[arg(long = "name", value_name = "HOST")]
    hosts: Vec<String>,
    /// One more address by which the node is reached; may be said more than once
    #[arg(long = "address", value_name = "IP")]
    addresses: Vec<IpAddr>,
    /// Found a new authority too: each device must trust it anew, each neighbour needs a new card
    #[arg(long)]
    new_authority: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs `koinon certificate`.
pub(crate) fn run(command: &CertificateCommand, out: &mut Out) -> anyhow::Result<Exit> {
    let (data, json, ask) = match command {
        CertificateCommand::Show { data, json } => (data, *json, Ask::Certificate),
        CertificateCommand::Renew(args) => {
            let (hosts, addresses) = (args.hosts.clone(), args.addresses.clone());
            let ask = RenewAsk { hosts, addresses, new_authority: args.new_authority };
            (&args.data, args.json, Ask::RenewCertificate(ask))
        }
    };
    let Answer::Certificate(view) = reach::ask(data, ask)? else { return Err(reach::unexpected()) };
    if json {
        out.json(&view)?;
    } else {
        print(&view, out)?;
    }
    out.flush()?;
    if let CertificateCommand::Renew(args) = command {
        say("Renewed. What serves speaks with the new certificate from now on.");
        if args.new_authority {
            say(
                "Now trust the new authority on each device, and give each neighbour a new card: koinon peer card.",
            );
        }
    }
    Ok(Exit::Done)
}

fn print(view: &CertificateView, out: &mut Out) -> anyhow::Result<()> {
    let ends = |ends: &str, days: i64| match days {
        ..0 => format!("{ends}; it has ended"),
        days => format!("{ends}; {days} days"),
    };
    let rows = [
        ("names", view.names.join(", ")),
        ("holds until", ends(&view.ends, view.days_left)),
        ("authority until", ends(&view.authority_ends, view.authority_days_left)),
        ("authority", view.authority_fingerprint.clone()),
    ];
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(what, said)| vec![what.to_owned(), said]).collect();
    Ok(out.table(&[Align::Left, Align::Left], &rows)?)
}
