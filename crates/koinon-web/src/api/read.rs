//! Reading: each address gives one view, through the eyes of whoever asks.
#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "a path to a method is not general enough over the lifetime of what is looked at"
)]
#![allow(unused_qualifications, reason = "the macro that describes parameters writes full paths")]

use axum::Json;
use axum::extract::{Path, Query, State};
use koinon_core::region::Group;
use koinon_core::{CommunityCode, ItemCode, PlaceCode};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::pages::look;
use crate::problem::{Kind, Problem};
use crate::views::{
    AddsUpView, CommunityRow, CommunityView, CopiesView, ItemView, Lines, LotCard, LotRow, NeedRow, OfferRow,
    RegionView, ServicesView, SharingView, StandingRow, StockFilter, StockView, SuggestionLine,
    SuggestionView, TeamsView, TouchView, TransfersView, UnmetLine,
};
use crate::visit::Visit;

fn missing() -> Problem {
    Problem::new(Kind::NotFound)
}

fn wrong(place: &str, remedy: impl std::fmt::Display) -> Problem {
    Problem::new(Kind::BadRequest).fault(place, remedy.to_string())
}

/// The region as a whole.
#[utoipa::path(get, path = "/api/v1/region", tag = "read", responses((status = 200, body = RegionView)))]
pub(super) async fn region(State(app): State<App>, visit: Visit) -> Json<RegionView> {
    Json(crate::pages::region::view(&app, &visit))
}

/// Every community's row.
#[utoipa::path(get, path = "/api/v1/communities", tag = "read", responses((status = 200, body = Vec<CommunityRow>)))]
pub(super) async fn communities(State(app): State<App>, visit: Visit) -> Json<Vec<CommunityRow>> {
    Json(look(&app, &visit, |lens| {
        let all = lens.region().communities_on(lens.today());
        all.map(|community| lens.community_row(community)).collect()
    }))
}

/// One community.
#[utoipa::path(get, path = "/api/v1/communities/{code}", tag = "read", params(("code" = String, Path)),
    responses((status = 200, body = CommunityView), (status = 404, description = "No such community")))]
pub(super) async fn community(
    State(app): State<App>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Json<CommunityView>, Problem> {
    let code = CommunityCode::new(&code).map_err(|_| missing())?;
    look(&app, &visit, |lens| lens.community_view(&code)).map(Json).ok_or_else(missing)
}

/// What of the stock is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct StockQuery {
    /// Only this place.
    #[serde(default)]
    place: Option<String>,
    /// Only this group, for example `food`.
    #[serde(default)]
    group: Option<String>,
    /// Only what is short or to be watched.
    #[serde(default)]
    short: bool,
    /// Only items whose name or code holds these letters.
    #[serde(default)]
    q: String,
}

/// Stock by item and place.
#[utoipa::path(get, path = "/api/v1/stock", tag = "read", params(StockQuery),
    responses((status = 200, body = StockView), (status = 400, description = "A place or group that cannot be")))]
pub(super) async fn stock(
    State(app): State<App>,
    visit: Visit,
    Query(query): Query<StockQuery>,
) -> Result<Json<StockView>, Problem> {
    let place =
        query.place.as_deref().map(PlaceCode::new).transpose().map_err(|fault| wrong("place", fault))?;
    let group = match query.group.as_deref() {
        None => None,
        Some(word) => {
            let known = Group::ALL.into_iter().find(|group| group.word() == word);
            Some(known.ok_or_else(|| {
                let words: Vec<&str> = Group::ALL.iter().map(|group| group.word()).collect();
                wrong(
                    "group",
                    format!("'{}' is no group; use one of {}", word.escape_debug(), words.join(", ")),
                )
            })?)
        }
    };
    let filter = StockFilter { place, group, short: query.short, words: query.q };
    Ok(Json(look(&app, &visit, |lens| lens.stock(&filter))))
}

/// One item everywhere.
#[utoipa::path(get, path = "/api/v1/items/{code}", tag = "read", params(("code" = String, Path)),
    responses((status = 200, body = ItemView), (status = 404, description = "No such item, or it is not to be seen")))]
pub(super) async fn item(
    State(app): State<App>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Json<ItemView>, Problem> {
    let code = ItemCode::new(&code).map_err(|_| missing())?;
    look(&app, &visit, |lens| lens.item_view(&code)).map(Json).ok_or_else(missing)
}

/// Which batches are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LotQuery {
    /// Only this item.
    #[serde(default)]
    item: Option<String>,
}

/// Every batch that is not empty.
#[utoipa::path(get, path = "/api/v1/lots", tag = "read", params(LotQuery), responses((status = 200, body = Vec<LotRow>)))]
pub(super) async fn lots(
    State(app): State<App>,
    visit: Visit,
    Query(query): Query<LotQuery>,
) -> Result<Json<Vec<LotRow>>, Problem> {
    let item = query.item.as_deref().map(ItemCode::new).transpose().map_err(|fault| wrong("item", fault))?;
    Ok(Json(look(&app, &visit, |lens| lens.lots(item.as_ref()))))
}

/// Which lines of a card are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LinesQuery {
    /// How many of the newest lines to pass over; 0 unless said.
    #[serde(default)]
    from: usize,
    /// The most lines to give, up to 1,000; 100 unless said.
    limit: Option<usize>,
}

/// The card of one batch: all its lines, also old ones, newest first.
#[utoipa::path(get, path = "/api/v1/lots/{community}/{lot}", tag = "read",
    params(("community" = String, Path), ("lot" = String, Path), LinesQuery),
    responses((status = 200, body = LotCard), (status = 404, description = "No such batch, or it is not to be seen")))]
pub(super) async fn lot(
    State(app): State<App>,
    visit: Visit,
    Path((community, lot)): Path<(String, String)>,
    Query(query): Query<LinesQuery>,
) -> Result<Json<LotCard>, Problem> {
    let community = CommunityCode::new(&community).map_err(|_| missing())?;
    let lot = lot.parse().map_err(|_| missing())?;
    let lines = Lines { from: query.from, most: query.limit.unwrap_or(100).min(1_000) };
    let card = crate::pages::stock::card_of(&app, &visit, &community, lot, lines).await?;
    card.map(Json).ok_or_else(missing)
}

/// Transfers, open and over.
#[utoipa::path(get, path = "/api/v1/transfers", tag = "read", responses((status = 200, body = TransfersView)))]
pub(super) async fn transfers(State(app): State<App>, visit: Visit) -> Json<TransfersView> {
    Json(look(&app, &visit, |lens| lens.transfers()))
}

/// What the engine suggests now; empty until its first plan is made.
#[utoipa::path(get, path = "/api/v1/suggestions", tag = "read", responses((status = 200, body = Vec<SuggestionLine>)))]
pub(super) async fn suggestions(State(app): State<App>, visit: Visit) -> Json<Vec<SuggestionLine>> {
    let planned = app.plans.newest();
    Json(look(&app, &visit, |lens| {
        let all = planned.iter().flat_map(|planned| planned.plan.all());
        all.filter_map(|one| lens.suggestion(one)).collect()
    }))
}

/// One suggestion with its reasons.
#[utoipa::path(get, path = "/api/v1/suggestions/{id}", tag = "read", params(("id" = String, Path)),
    responses((status = 200, body = SuggestionView), (status = 404, description = "Not among the newest")))]
pub(super) async fn suggestion(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Json<SuggestionView>, Problem> {
    let planned = app.plans.newest().ok_or_else(missing)?;
    look(&app, &visit, |lens| lens.suggestion_view(&planned.plan, &id)).map(Json).ok_or_else(missing)
}

/// What nobody can cover now, and why.
#[utoipa::path(get, path = "/api/v1/unmet", tag = "read", responses((status = 200, body = Vec<UnmetLine>)))]
pub(super) async fn unmet(State(app): State<App>, visit: Visit) -> Json<Vec<UnmetLine>> {
    let planned = app.plans.newest();
    Json(look(&app, &visit, |lens| planned.map_or_else(Vec::new, |planned| lens.unmet(&planned.plan))))
}

/// Open needs.
#[utoipa::path(get, path = "/api/v1/needs", tag = "read", responses((status = 200, body = Vec<NeedRow>)))]
pub(super) async fn needs(State(app): State<App>, visit: Visit) -> Json<Vec<NeedRow>> {
    Json(look(&app, &visit, |lens| lens.needs()))
}

/// Open offers.
#[utoipa::path(get, path = "/api/v1/offers", tag = "read", responses((status = 200, body = Vec<OfferRow>)))]
pub(super) async fn offers(State(app): State<App>, visit: Visit) -> Json<Vec<OfferRow>> {
    Json(look(&app, &visit, |lens| lens.offers()))
}

/// What communities give each other regularly, agreed or proposed.
#[utoipa::path(get, path = "/api/v1/standing", tag = "read", responses((status = 200, body = Vec<StandingRow>)))]
pub(super) async fn standing(State(app): State<App>, visit: Visit) -> Json<Vec<StandingRow>> {
    Json(look(&app, &visit, |lens| lens.standing()))
}

/// What this computer keeps of others, and who keeps a copy of its record.
#[utoipa::path(get, path = "/api/v1/copies", tag = "read", responses((status = 200, body = CopiesView)))]
pub(super) async fn copies(State(app): State<App>) -> Result<Json<CopiesView>, Problem> {
    CopiesView::of(&app.node).map(Json).map_err(|_| Problem::new(Kind::Internal))
}

/// Missions, teams, who is promised and who could go.
#[utoipa::path(get, path = "/api/v1/teams", tag = "read", responses((status = 200, body = TeamsView)))]
pub(super) async fn teams(State(app): State<App>, visit: Visit) -> Json<TeamsView> {
    let planned = app.plans.newest_of_teams();
    Json(look(&app, &visit, |lens| lens.teams(planned.as_deref())))
}

/// Care and work for others: requests, what is promised, and who could do it.
#[utoipa::path(get, path = "/api/v1/services", tag = "read", responses((status = 200, body = ServicesView)))]
pub(super) async fn services(State(app): State<App>, visit: Visit) -> Json<ServicesView> {
    let planned = app.plans.newest_of_services();
    Json(look(&app, &visit, |lens| lens.services(planned.as_deref())))
}

/// Who was heard when.
#[utoipa::path(get, path = "/api/v1/touch", tag = "read", responses((status = 200, body = TouchView)))]
pub(super) async fn touch(State(app): State<App>, visit: Visit) -> Json<TouchView> {
    Json(look(&app, &visit, |lens| lens.touch()))
}

/// What this community shares with whom, why and until when.
#[utoipa::path(get, path = "/api/v1/agreement", tag = "read", responses((status = 200, body = SharingView)))]
pub(super) async fn sharing(State(app): State<App>, visit: Visit) -> Json<SharingView> {
    Json(look(&app, &visit, |lens| lens.sharing()))
}

/// Whose sums are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ChecksQuery {
    /// Only this community's rows.
    #[serde(default)]
    community: Option<String>,
}

/// Does it all add up?
#[utoipa::path(get, path = "/api/v1/checks", tag = "read", params(ChecksQuery), responses((status = 200, body = AddsUpView)))]
pub(super) async fn checks(
    State(app): State<App>,
    visit: Visit,
    Query(query): Query<ChecksQuery>,
) -> Result<Json<AddsUpView>, Problem> {
    let community = query
        .community
        .as_deref()
        .map(CommunityCode::new)
        .transpose()
        .map_err(|fault| wrong("community", fault))?;
    Ok(Json(look(&app, &visit, |lens| lens.adds_up(community.as_ref()))))
}
