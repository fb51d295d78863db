# Why a suggestion.
why-title = Why this?
why-headline = { $from } could send { $what } to { $to }
why-lead = A suggestion, worked out { $ago }. People decide.
why-this = Why this
why-not-more = Why not more
why-not-there = Why not from elsewhere
why-travel = How it would travel
why-checked = Checked by a second calculation. Check number:
why-days-at = { $place }, days of { $item }
why-taker = At { $to }, { $item } lasts { $before } days now and { $after } afterwards.
why-taker-less-than-a-day = At { $to }, { $item } lasts { $days } now; this adds less than a day.
why-giver = { $from } would still have { $item } for { $after } days, and keeps { $keeps }.
why-needs =
    { $n ->
        [one] It answers { $n } need that { $to } stated.
       *[other] It answers { $n } needs that { $to } stated.
    }
why-before = Now
why-after = Afterwards
why-enough = This is all that { $to } needs for now.
why-no-others = Nobody else has any of it above what they keep.
why-not = Why not
why-spare = Could still spare
why-longer = The way
why-not-farther = it could, but it is farther or has less
why-not-nothing = it has nothing above what it keeps
why-not-elsewhere = what it can spare goes elsewhere
why-not-full = what goes there is full
why-not-no-way = nothing that can carry it gets there in time
why-unmet = What nobody can cover now
against-full = On its way it goes from { $from } to { $to }; what leaves there is full:
against-short-date = A batch is good for only { $days } after it arrives.
against-floor = { $from } goes down to what it keeps.
against-packs = Rounded down to whole packs by
against-loss = Lost on the way, as a rule:
suggestions-lead = Worked out from what is known here. Nothing happens until people agree.
suggestion-yours = yours
unmet-open = Still open
unmet-in-the-way = What is in the way
unmet-no-stock = nobody has any above what they keep
unmet-shared-out = it goes where it is needed more
unmet-no-route = no route leads there
unmet-nothing-cold = nothing that goes there keeps it cold
unmet-nothing-safe = nothing that goes there may carry it
unmet-too-late = it would come too late
unmet-doors-shut = the doors are shut on those days
unmet-dates = it would pass its date first
unmet-full = what goes there is full
unmet-too-small = too little is left to be worth the way
unmet-paused = { $place } set it aside until { $day }
why-gone = This suggestion is no longer up to date. What is known has changed; look at the newest ones.
why-not-less = it could, but has less above what it keeps
why-shorter = { $time } shorter
why-longer-by = { $time } longer
why-not-route-closed = the route from there is closed
against-route-closed = { $routes }; open, the way would be shorter by { $time }
against-more-if-open = More could come if it were open: { $routes }
why-whole-plan = The days count every suggestion of this plan together, not this load alone.
why-replaced = Replaced by newer suggestions
unmet-no-room = the stores there have no room for it
against-taker-full = The stores in { $to } are full then.
suggestions-all = All suggestions
unmet-uncounted = Nothing is counted yet, as far as is known here, at { $names }. What is lacking there cannot be said.
what-if-title = What if?
what-if-headline = { $item }: what if?
what-if-lead = One item is planned again with other figures. Nothing here is kept, and nothing follows from it.
what-if-figures = Other figures
what-if-answer = What would follow
what-if-place = Figures of
what-if-count = In stock, more or less than counted
what-if-keeps = Kept, more or less than agreed
what-if-asks = Asked for, more or less
what-if-room = More room on each vehicle from and to it
what-if-try = Work it out
what-if-now = As it is
what-if-then = If so
what-if-same = the same
what-if-gets = gets { $amount }
what-if-gives = gives { $amount }
what-if-neither = gets and gives none
what-if-lasts = lasts { $days }
what-if-open = still missing where lives depend on it: { $amount }
what-if-hidden =
    { $n ->
        [one] { $n } place whose amounts you may not see is counted in and not shown.
       *[other] { $n } places whose amounts you may not see are counted in and not shown.
    }
what-if-room-left = Worked out in the room that the other suggestions leave on vehicles and in stores.
what-if-said-nothing = Nothing is changed yet. Move a slider.
what-if-said-count = { $place } has { $percent } % of the { $item } that it counted.
what-if-said-keeps = { $place } keeps { $percent } % of what it keeps now.
what-if-said-asks = { $place } asks for { $percent } % of what it asks for now.
what-if-said-room = Each vehicle from and to { $place } takes { $kg } kg and as many litres more.
what-if-none = There is nothing to work out for this item and this place.
what-if-not-shown = Amounts of this item are not shown to you, so there is nothing to try here.
what-if-link = What if?
leans-link = What it hangs on
leans-title = What it hangs on
leans-headline = What the suggestions for { $item } hang on
leans-lead = Each figure was taken a tenth lower and a tenth higher, and the item planned again. The one on top matters most.
leans-figure = Figure
leans-fewer = A tenth less
leans-more = A tenth more
leans-doubt = In doubt
leans-stock = { $place } has { $amount }
leans-use = { $place } uses { $amount } a day
leans-asks = { $place } asks for { $amount }
leans-seen = seen over { $days }
leans-agreed = as agreed for the people it counts
leans-stated = as it said
leans-gets-more = { $place } gets { $amount } more
leans-gets-less = { $place } gets { $amount } less
leans-lives-more = { $amount } more would be missing where lives depend on it
leans-lives-less = { $amount } less would be missing where lives depend on it
leans-none = Nothing changes whichever figure for { $item } is a tenth off. Nobody needs to count again first.
leans-idle =
    { $n ->
        [one] { $n } other figure changes nothing. Nobody needs to count it again first.
       *[other] { $n } other figures change nothing. Nobody needs to count them again first.
    }
leans-hidden =
    { $n ->
        [one] { $n } more figure was not tried or is not shown to you.
       *[other] { $n } more figures were not tried or are not shown to you.
    }
leans-asking = Asking for a count moves nothing: what is suggested stays as it is until somebody has counted.
leans-no-item = There are no suggestions for such an item.
recount-ask = Ask for a count
recount-asked = Your community asks for a count until { $day }.
recount-no-more = Ask no more
recount-title = Others ask you to count
recount-line = { $by } asks you to count { $item } again at { $place }, until { $day }.
recount-why = Much hangs on this figure elsewhere. Counting answers it; nothing is taken from you for being asked.
