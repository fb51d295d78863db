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
against-full = What leaves from { $from } to { $to } is full:
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
why-gone = This suggestion is no longer up to date. What is known has changed; look at the newest ones.
why-not-now = Not now
why-not-less = it could, but has less above what it keeps
why-shorter = { $time } shorter
why-longer-by = { $time } longer
why-not-route-closed = the route from there is closed
against-route-closed = { $routes }; open, the way would be shorter by { $time }
against-more-if-open = More could come if it were open: { $routes }
