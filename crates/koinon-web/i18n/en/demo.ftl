# Pages that only the demo has.
demo-panel-link = Let something happen
demo-title = The demo's world
demo-lead = Let something happen, and watch how the communities cope. Only the demo has this page.
demo-time = Days
demo-day-is = It is { $day }, day { $n }.
demo-digest = Fingerprint of this day
demo-digest-hint = Two demos with the same seed, in which visitors do the same, show the same fingerprint each day. Keys and ids are left out: they are new each time.
demo-step = One day
demo-pause = Stop the days
demo-run = Let days pass
demo-speed =
    { $n ->
        [one] A day lasts { $n } second.
       *[other] A day lasts { $n } seconds.
    }
demo-speed-set =
    { $n ->
        [one] { $n } second a day
       *[other] { $n } seconds a day
    }
demo-crop = A crop fails
demo-crop-act = Let the crop fail
demo-flood = A route floods
demo-flood-act = Flood it
demo-open-act = Open again
demo-plug = A community loses its line
demo-unplug-act = Pull the plug
demo-plug-in-act = Put the plug back
demo-where = Where
demo-route = { $from } – { $to }
demo-places = Each community's own pages
demo-not-here = This page belongs to the demo. Start it with: koinon demo
demo-unknown-act = The demo does not know this act. Go back and choose again.
demo-over = The demo is ending. Start it again to go on.

story-title = One decision
story-decision = { $taker } has food for { $n } days. { $giver } can spare { $amount } of { $item } and still keep { $keeps } days. Send it?
story-addressed = You look after the stores at { $giver }. Nobody else decides this for you.
story-send = Send it
story-send-less = Send half
story-not-now = Not now
story-nothing = There is nothing to decide just now. Let some days pass, or let a crop fail.
story-to-region = See the whole region
story-later = { $giver } gives no { $item } until { $day }, and another giver is looked for. It can be taken back at any time, and whoever is short stays on the list.
story-own = Now with your own numbers
story-unknown = This story is not known here. Begin again from the first page.
story-refused = The community's book does not take this now. Look at the transfer's page for the reason.
story-step-send = Decide
story-step-agree = A second person agrees
story-step-answer = The other side answers
story-step-load = Load
story-step-arrive = Arrive
story-step-sum = Add up
story-second = { $amount } is above the agreed amount, so a second person at { $giver } must agree. You are { $you } now.
story-second-act = I agree
story-answer = { $giver } offers { $amount }. You are { $you } at { $taker } now, and may take it, take less, or say no.
story-answer-act = Yes, please
story-load = { $taker } said yes. You are { $you } at { $giver } now: { $amount } goes on the truck.
story-load-act = It is loaded and leaves
story-arrive = The truck is at { $taker }. You are { $you } and count the sacks: one is missing, and nobody knows why yet.
story-arrive-act = Write down what arrived
story-missing = One sack is missing. It is written down as open, not forgotten and not hidden.
story-sum-act = Does it all add up?
story-other = This transfer went another way. Its page says how.
story-papers = All papers of this transfer
story-sum-title = Does it all add up?
story-sum-transfer = This transfer
story-sum-region = The whole region, since the books were opened
story-sum-what = What
story-sum-amount = How much
story-sum-loaded = Loaded
story-sum-arrived = Arrived
story-sum-open = Still open
story-sum-lost = Lost, with a reason
story-sum-came = Came in: harvests, gifts, opening stock, found at counts
story-sum-went = Went: eaten, handed out, spoiled, missing at counts
story-sum-there = In the stores now
story-sum-way = On its way or open
story-sum-yes = Yes. It adds up to the last gram, the missing sack included.
story-sum-no = No. Something does not add up; the page for all items says where.
story-all-sums = All items

own-title = Now with your own numbers
own-lead = Two stores, some lines, and you get a first suggestion. Nothing is kept.
own-name-a = First store
own-name-b = Second store
own-here = Our store
own-there = The neighbours
own-people-a = People who live on the first store
own-people-b = People who live on the second store
own-lines = Lines: what; at the first store; at the second store
own-hint = One line for each thing. A fourth part says how much both use in a day, if you know.
own-act = What would you suggest?
own-people-wrong = Write a whole number of people, 1 or more.
own-line-wrong = Line { $n }, “{ $line }”: { $why }. Write for example: rice; 1200 kg; 90 kg
own-wrong = These lines could not be read; the others count.
own-nothing = Both stores are about even. Nothing needs to be moved.
own-suggestion = Send { $amount } of { $item } from { $giver } to { $taker }: there it then lasts { $after } days instead of { $before }, and { $giver } keeps { $keeps } days.
own-again = Change the numbers

relief-title = Past disasters
relief-lead = Pick one and see what would be sent from where, how many people it covers, after how long, and whom no depot could cover.
relief-none = This world has no list of past disasters. Start one that has: koinon demo --world madagascar
relief-unknown = There is no disaster with this number. Choose one from the list.
relief-disaster = Number
relief-kind = What
relief-day = When
relief-people = People it hit
relief-one = { $kind }, { $id }
relief-hours = { $n } h
relief-any = Get at least one thing
relief-all = Get everything
relief-last = The last thing arrives after
relief-sent = What would be sent
relief-what = What
relief-pieces = Pieces
relief-from = From
relief-to = To
relief-after = After
relief-totals = Each thing
relief-covered = People covered
relief-uncovered = People not covered by any depot
relief-lacking = Pieces lacking
relief-nothing = No depot has anything that would reach these places.

demo-go = Go on
demo-going = One moment
demo-crop-failed = The crop at { $place } has failed: for some weeks less than half comes in, and what stands there runs down as days pass.
demo-no-line = { $place } has no line: its people go on writing, and nobody else hears of it.
story-guest = Amounts are not shown to guests. Choose somebody above to decide as that person.
relief-kind-storm = Storm
relief-kind-flood = Flood
relief-kind-epidemic = Epidemic
relief-kind-drought = Drought
relief-kind-earthquake = Earthquake
own-line-parts = Write it as: what; here; there. Part the three with semicolons, and give the amounts.
own-no-plan = These numbers cannot be worked with; the amounts are too large.
