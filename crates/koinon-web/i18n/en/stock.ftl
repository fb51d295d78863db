# Stock, one item everywhere, the card of one batch.
stock-everywhere = What stands everywhere
stock-at = What stands at { $place }
stock-lead = { $shown } of { $of } shown, the worst first.
stock-all-places = All places
stock-kind = Kind
stock-all-kinds = All kinds
stock-search = Search
stock-only-short = Only what runs low
stock-show = Show
stock-nothing = Nothing here fits.
stock-more =
    { $n ->
        [one] { $n } more row; choose a place or a kind to see it.
       *[other] { $n } more rows; choose a place or a kind to see them.
    }
item-by-place = By place
item-batches = Batches
item-batch = Batch
item-how-known = How we know
item-used-per-day = Used each day
item-known-from = Known from
item-observed = seen over { $days }
item-from-list = the agreed list of needs
item-last-count = Last count
item-at-risk = Goes past its date
item-instead = Serves as well
item-source = Source of the agreed need:
lot-title = Stock card: { $item }
lot-batch = batch { $batch }
lot-without-number = batch without a number
lot-held = do not use
lot-about = About this batch
lot-now = There now
lot-came-from = Came from
lot-owner = On loan from
lot-card = Every entry
lot-newest-first = newest first
lot-entry = Entry
lot-change = Change
lot-after = Afterwards
lot-how = How we know
lot-put-right = Put right
lot-count = Count
lot-seen = seen:
lot-corrected = corrected
lot-taken-back = taken back
lot-repeated = a second tap, does not count
lot-served-people = { $n } people
lot-served-households = { $n } households
lot-late = entered later,
lot-was-negative = More went out than was known to be here. Count this batch, or put the wrong entry right.
lot-opened-twice = This batch was described in two different ways. The first one counts.
stock-no-need = no daily need
