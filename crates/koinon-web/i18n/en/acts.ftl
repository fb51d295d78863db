# What every act shares
acts-no-community = This computer keeps a safety copy and writes for no community. Open your own community's computer.
acts-stale-form = This form is from an older page. Open the page again and send it once more.
acts-needs-tls = From another device this works only over a protected connection. Open the address that begins with https.
acts-cannot-write = Nothing can be written down just now. Your entry was not taken; keep it on paper and try again. The steward sees the cause on the operator's page.
acts-not-written = Nothing was written down.
acts-mend = Please put this right; nothing was written down yet.
acts-done = Written down. Thank you.
acts-take-back = Correct it or take it back
ask-title = Is this right?
ask-never-blocks = If it is right, say yes and it is written down as it is.
ask-yes = Yes, it is right
ask-no = No, change it
choose = Please choose
unit-pack = { $name } ({ $amount })
unit-dozen = dozen
unit-days = days
amount-of = { $amount } of { $item }
batch = Batch
batch-named = Batch { $mark }
batch-unnamed = Mark { $mark }
batch-no-date = no date
batch-good-until = good until { $day }

# How a figure was found
how-found = How was it found?
how-other = Told by phone, from paper, or on another day
how-day = On which day?
how-day-hint = Leave it empty for now.
method-counted = counted or weighed
method-estimated = estimated
method-metered = read off a meter
method-paper = from a paper sheet
method-told = told by a caller

# Faults of fields
field-bad-day = '{ $found }' is no day. Write it like 2027-03-31.
field-day-missing = Choose a day.
field-bad-mark = '{ $found }' is no printed number. Use up to 20 letters, digits and - . / _
field-bad-number = '{ $found }' is not a whole number up to { $most }.
field-reason-missing = Say why.
field-choice-missing = Choose one.
amount-no-number = Type how much, for example 250 kg.
amount-two-readings = “{ $found }” can be read in two ways: { $one } or { $other }. For the first add a zero at the end of the number; for the second leave the mark out.
amount-bad-number = '{ $found }' can be read in two ways. Write it without group marks, like 1250.5.
amount-unknown-unit = '{ $found }' is no unit here. Use one of: { $allowed }.
amount-wrong-unit = '{ $found }' measures something else; this is counted in { $expected }.
amount-too-fine = { $found } is finer than one { $unit }, the smallest amount that is kept.
amount-too-large = This amount is larger than anything the stock book can hold. Check the unit.
amount-mixed = These amounts measure different things.
amount-nobody = There is nobody to share it among.

# Questions
question-unusual = Really { $entered }? Last time it was { $last }.
question-below-zero = The stock book knows of { $there } only, and { $taken } would go. Is that right?
question-below-floor = Then { $remains } would be left, less than the { $keep } that we keep. Send it all the same?
question-past-date = The last good day was { $day }. Is that right?
question-like-last = The same was entered at { $time }: { $amount }. Is this one more?
question-in-future = { $day } is still to come. Is that right?
question-already-there = A batch with this number and date is here already, with { $there } by the book. Is this another one? If it is the same, go back and count that one.
question-long-need = Really { $entered }? That is what the whole community needs in { $days } days.
question-more-than-held = Really { $offered }? The stock book knows of { $there }.

# Why it is not written down
refusal-wrong-permit = The permission at hand does not cover this. Open the page again.
refusal-no-store = There is no store '{ $store }' in this community. Choose one of its stores.
refusal-no-item = The list of things has no '{ $item }'. Choose one from it.
refusal-no-place = There is no place '{ $place }' in the region.
refusal-no-batch = This batch is not in our stock book. Choose one, or count it first.
refusal-no-entry = This batch has no such entry.
refusal-of-transfer = This entry comes from a transfer. Correct the load or the arrival there.
refusal-no-transfer = This transfer has not been heard of here yet. Wait for the next exchange with the giver.
refusal-no-load = This transfer has no such load.
refusal-no-objection = We have no open objection here.
refusal-not-stated = Our community has not stated this.
refusal-no-line = There is no line { $line }.
refusal-wrong-unit = { $item } is counted in { $expected }, not in { $found }.
refusal-not-positive = The amount must be above zero.
refusal-negative = The amount may not be below zero.
refusal-wrong-reason = '{ $reason }' is not a reason for this. Choose another.
refusal-not-enough = Of { $item } only { $available } may be given away, but { $wanted } is wanted. What is held or set aside does not count.
refusal-wrong-state = This cannot be done now, while the transfer stands at: { $status }.
refusal-over-load = Line { $line }: { $reserved } is set aside, so { $wanted } cannot be loaded.
refusal-does-not-add-up = Line { $line }: arrived, refused and missing make { $found }, but { $loaded } was loaded. Put the rest under missing.
refusal-reason-missing = Line { $line }: say why something is refused or missing. 'Not known yet' is an answer.
refusal-same-hand = You loaded it yourself. Loading and arrival are confirmed by different people; ask somebody else.
refusal-same-person = You began this transfer. A second person must agree.
refusal-not-ours = Only { $place } may do this.
refusal-to-itself = { $place } cannot send to itself. Move it to another store instead.
refusal-nothing = Nothing is chosen. Name at least one thing and how much.
refusal-too-many-lines = { $n } lines are too many for one paper; { $max } fit.
refusal-day-order = { $day } is before { $other }. Choose a later day.
refusal-region = The region file has faults: { $n }. Check it first.
refusal-text-too-long = The text has { $n } characters; { $max } fit.
refusal-codes-missing =
    { $n ->
        [one] The region file lacks something
       *[other] The region file lacks { $n } things
    } that the book names: { $codes }. Codes are for ever: put each back as it was, and give a community that goes a day on which it leaves.
refusal-admitted = This computer is known to speak for { $place } already.

# Why somebody may not
denied-no-grant = You hold no task here that lets you { $action }. Ask a steward of { $place } for one.
denied-role = As { $role } you may not { $action }. Ask: { $others }.
denied-place = Your task as { $role } is for { $here }, not for { $there }. Ask someone there, or a steward.
denied-revoked = Your task as { $role } for { $here } was taken back ({ $reason }). Ask a steward.
denied-expired = Your task as { $role } for { $here } ended on { $day }. Ask a steward to renew it.
denied-future = Your task as { $role } for { $here } begins on { $day }. The clock of this computer says { $today }: if that is not today, ask whoever runs it to set the clock. Otherwise wait a little, or ask a steward.
denied-cap = { $asked } of { $item } is more than the { $max } that your task allows at a time. Enter less, or ask a steward.
denied-unstated = Your task allows limited amounts only. Say how much, and of what.
denied-rule = An agreed rule may not { $action }; a person must decide this.
action-count = enter a count
action-record-entry = record an entry
action-correct = correct an entry
action-open-batch = enter a new batch
action-hold-recall = hold or recall a batch
action-state-need = state a need
action-close-need = close a need
action-make-offer = make an offer
action-commit = promise stock
action-approve-commit = agree as the second person
action-accept = accept a promise
action-refuse = refuse a promise
action-object = object
action-settle-objection = settle an objection
action-dispatch = send a transfer off
action-confirm-receipt = confirm what arrived
action-withdraw = withdraw a promise
action-divert = give news of a load
action-adopt-region = adopt a region file
action-grant = give someone a task
action-revoke = take a task back
action-confirm-restore = confirm restored data
action-read-amounts = see amounts
action-read-concerned = see what only those concerned see
action-read-people = see who holds which task
action-manage-node = manage the community's computer
action-read-bands = see whether there is enough

# Reasons
reason-harvested = harvested or gathered
reason-made = made here
reason-born = born or hatched
reason-opening = stood here when we began
reason-gift-in = gift from outside
reason-purchase-in = bought outside
reason-loan-in = borrowed from outside
reason-found = found again
reason-other-in = came in for another reason
reason-consumed = used up here
reason-handed-out = handed out to people
reason-sown = sown
reason-fed = fed to animals
reason-used-to-make = used to make something else
reason-slaughtered = slaughtered
reason-died = died
reason-spoiled = went bad
reason-expired = past its date
reason-damaged = broken or torn
reason-cold-chain = got too warm
reason-stolen = stolen
reason-lost = lost
reason-pests = eaten by pests
reason-destroyed = recalled and destroyed
reason-aid-out = given to neighbours outside
reason-loan-returned = given back to a lender outside
reason-other-out = went out for another reason
reason-moved-out = moved to another store
reason-moved-in = moved here from another store
reason-not-known-yet = not known yet
reason-not-needed = not needed any more
reason-no-room = no room to store it
reason-no-transport = no vehicle or driver
reason-needed-here = needed at home
reason-wrong-item = not what was agreed
reason-short-dated = too near to its date
reason-figures-doubted = the figures are doubted
reason-others-first = others need it more
reason-recall = the batch is recalled
reason-quarantine = waiting for a test
reason-entry-error = a wrong entry
reason-route-closed = the way is closed
reason-sent = loaded for a transfer
reason-arrived = arrived with a transfer
reason-came-back = came back
reason-excess = more came than was loaded

# Groups
group-food = Food
group-water = Water
group-medicine = Medicine
group-hygiene = Washing and care
group-shelter = Shelter
group-fuel = Fuel
group-energy = Electricity
group-seed = Seed
group-feed = Feed
group-animal = Animals
group-tool = Tools and kits

# When nothing can be written
cannot-old-data = This computer started from data that may be old. It promises nothing until it has asked { $n } more neighbours, or a steward confirms that nothing is missing. Counts and arrivals can be written down.
cannot-other = This form was used already for another entry. Open it anew, so that nothing is written twice or lost.
cannot-disk = The computer's disk is nearly full, so nothing new is written down. What was written is safe. Ask the steward to make room.
cannot-too-large = This is too much for one entry. Split it into two.
cannot-busy = Too many entries wait to be written. Try again in a moment.
cannot-closed = This computer is shutting down. Try again when it is back.
refusal-no-route = There is no route '{ $route }' in the region.
refusal-not-our-route = The route { $route } does not end here. Ask one of its ends.
refusal-not-our-place = { $place } is kept by another community. Only its keeper says what it gives.
refusal-pause-too-long = Choose a day from { $first } to { $last }.
pause-how-long = Not now, and for how long
pause-title = Not now
pause-line = { $place } gives no { $item } until { $day }. Others are asked instead.
pause-take-back = Give again
action-state-route = close or open a route
