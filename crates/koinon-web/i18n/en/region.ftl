# The region, a community, and words of the reading pages.
days =
    { $n ->
        [one] { $n } day
       *[other] { $n } days
    }
minutes =
    { $n ->
        [one] { $n } minute
       *[other] { $n } minutes
    }
part-of = { $part } of { $all }
pieces-of-item = { $n } × { $item }
amount-of-item = { $amount } of { $item }
nothing-known = nothing known
take-away = Take this table with you:
take-away-sheet = spreadsheet
col-what = What
col-how-much = How much
col-from = From
col-to = To
col-why = Why
col-look = Look
col-when = When
col-day = Day
col-place = Place
col-store = Store
col-community = Community
col-stands = How it stands
col-lasts = Lasts
col-keep = What we keep
col-on-hand = There now
col-free = Free to give
col-set-aside = Set aside
col-coming = Coming
col-as-of = Last entry
col-good-until = Good until

region-has-food =
    { $n ->
        [one] { $place } has food for { $n } day.
       *[other] { $place } has food for { $n } days.
    }
region-has-water =
    { $n ->
        [one] { $place } has water for { $n } day.
       *[other] { $place } has water for { $n } days.
    }
region-low-food = { $place } has less food than it should keep.
region-low-water = { $place } has less water than it should keep.
region-can-help = { $helper } can help.
region-help-agreed = Help from { $helper } is promised.
region-no-help-yet = No way to help has been found yet.
region-one-thing = Everyone has enough food and water. { $place } is short of { $item }: it lasts { $days }.
region-one-thing-short = Everyone has enough food and water. { $place } is short of { $item }.
region-thing-days = { $place } is short of { $item }: it lasts { $days }.
region-thing = { $place } is short of { $item }.
region-nothing-counted = Nothing that was counted is known here yet. Begin with a count.
region-nobody-heard = Nobody has been heard for a while; what is known is too old to go by.
region-no-food-counted = Of food and water nothing is known yet. { $counted } of { $of } communities have counted other things.
region-unclear = Nobody who was heard is short, but of { $unknown } of { $of } communities not enough is known.
region-silent =
    { $others ->
        [0] Everyone who was heard has enough. { $place } has been silent for a while.
        [one] Everyone who was heard has enough. { $place } and { $others } other have been silent for a while.
       *[other] Everyone who was heard has enough. { $place } and { $others } others have been silent for a while.
    }
region-everyone-days =
    { $n ->
        [one] Everyone has food for { $n } day or more.
       *[other] Everyone has food for { $n } days or more.
    }
region-everyone = Everyone has enough food and water.
region-none-yet = This computer has no region yet.
status-uncounted = Not counted yet
region-lead-days = { $enough } of { $of } communities have food for { $n } days or more.
region-lead = { $enough } of { $of } communities have enough food.
region-map = The region
region-map-desc = { $n } communities, their routes, and what is suggested or promised between them.
region-map-note = food for { $food }, water for { $water }
region-map-note-food = food for { $food }
region-col-what = What
region-col-stands = How it stands
region-col-more = More
region-hub = Hub
region-route-closed = closed
region-route-note = { $km } km, { $minutes } minutes
region-suggested = suggested
region-least = Who has least
region-worst = Lowest:
region-bars-note = The bars show days of food. The mark stands at { $n } days.
region-just-now = What just happened
region-quiet = Nothing new yet.
region-suggestions = What could be sent
region-worked-out = worked out
region-no-suggestions = Nothing needs to be sent now: nobody is below what they keep, or nobody has enough to give.
region-still-thinking = This is being worked out.
region-more-suggestions =
    { $n ->
        [one] { $n } more suggestion
       *[other] { $n } more suggestions
    }
region-why = Why this?
region-you-could = You could send { $what } to { $to }
region-look-and-decide = Look and decide
region-food-median = Food (half have more)
region-water-median = Water (half have more)
region-food = Food
region-water = Water
region-enough-of = { $part } of { $all } have enough
region-have-enough = communities have enough
region-in-touch = Communities in touch
region-in-touch-note = See who was heard when
region-open-transfers = Transfers going on
region-on-the-way =
    { $n ->
        [0] none of yours on its way
        [one] { $n } of yours on its way
       *[other] { $n } of yours on their way
    }
region-history = Food at { $place } over time
region-history-desc = How many days the food at { $place } would have lasted on each day.
region-curve-desc = From { $from } on { $since } to { $to } now.
region-keeps = what we keep: { $days }
mode-road = road
mode-rail = railway
mode-shuttle = shuttle
mode-water = boat
mode-wire = power line
mode-pipe = pipe
mode-fibre = data line
because-must-have = { $to } asked for it: lives depend on it
because-asked = { $to } asked for it
because-spoiling = It would go to waste at { $from }
because-cover = At { $to } it lasts { $before } days now, { $after } afterwards
because-less-than-a-day = It adds less than a day: at { $to } it lasts { $days }
because-less = { $to } has less than it should keep

did-count = { $who } counted { $what }
did-take-in = { $who } took in { $what }
did-lose = { $who } lost { $what }
did-correct = { $who } corrected an entry of { $item }
did-hold = { $who } set { $item } aside as not to be used
did-recall = { $who } called { $item } back
did-need = { $who } needs { $what }
did-offer = { $who } offers { $what }
did-promise = { $who } promised { $what } to { $other }
did-accept = { $who } said yes to { $what } from { $other }
did-decline = { $who } said no to { $what } from { $other }
did-counter = { $who } would rather have something else than { $what } from { $other }
did-object = { $who } objects to { $what } from { $other }
did-withdraw = { $who } took back its promise of { $what } to { $other }
did-send = { $who } sent { $what } to { $other }
did-receive = { $who } received { $what } from { $other }
did-adopt = { $who } goes by a new region file
did-recover = Two stewards of { $who } gave somebody a new sign-in code

community-lead =
    { $n ->
        [one] { $n } person lives here.
       *[other] { $n } people live here.
    }
community-unknown = Nothing is known of the food at { $place } yet
community-enough = { $place } has enough food
community-heard = last heard
community-yours = your community
community-watch = Running low
community-all-stock =
    { $n ->
        [one] { $n } thing in stock
       *[other] All { $n } things in stock
    }
community-nothing-short = Nothing is running low.
community-needs = Needs
community-no-needs = Nothing is asked for now.
community-by = until
community-offers = Offers
community-no-offers = Nothing is offered now.
community-take-please = please take it
community-until = until
community-no-transfers = Nothing is going on between this community and others.
community-hubs = Hubs in its care
community-see-stock = See the stock
did-close-route = { $who }: route { $route } { $how }
did-open-route = { $who }: route { $route } is open again
did-pause = { $who } gives no { $item } for a while
did-enough = { $who } wants no more { $item } for a while
did-wish = { $who } said how much { $item } matters to it
did-ask-count = { $who } asks { $other } to count { $item } again
region-routes-left-out = Drawn are the nearest routes and those in use; { $n } more lead straight from place to place.
region-arrows-left-out =
    { $n ->
        [one] One more stands in the table only.
       *[other] { $n } more stand in the table only.
    }
days-over-a-year = more than a year
region-lead-in-touch = { $part } of { $of } communities are in touch.
region-last-heard = { $place } was last heard
region-never-heard = { $place } was never heard
region-never = never heard
region-not-heard = Not heard today
region-more-silent =
    { $n ->
        [one] { $n } more community
       *[other] { $n } more communities
    }
not-for-guests = not shown to guests
not-for-guests-note = Amounts and days are not shown to guests.
because-agreed = Agreed with { $to } for { $day }, as a regular delivery
did-propose-standing = { $who } proposed a regular delivery to { $other }
did-agree-standing = { $who } agreed to a regular delivery with { $other }
did-decline-standing = { $who } said no to a regular delivery with { $other }
did-end-standing = { $who } ended a regular delivery with { $other }
