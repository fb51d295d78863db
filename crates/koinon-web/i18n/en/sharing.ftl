# The agreement: what leaves a community, to whom, why and until when.
nav-agreement = What we share
sharing-title = What we share
sharing-lead = What leaves this community, to whom, why and until when. Nothing else leaves.
sharing-headline =
    { $n ->
        [one] One neighbour sees what we have
       *[other] { $n } neighbours see what we have
    }
sharing-headline-nobody = No neighbour sees what we have
sharing-headline-copy = A safety copy keeps what communities let it, and shares nothing of its own
sharing-leaves = What leaves
sharing-always = Always
sharing-always-what = What help needs: needs, offers, promises, loads, receipts, closed routes and recalled batches, with amounts of goods and without names; and who may sign for us.
sharing-always-why = It does not end with any agreement, so that no paper keeps help away.
sharing-never = Never
sharing-never-what = Names, telephone numbers, notes, and anything about one person. They are not in what is shared at all.
sharing-stock = What stands in our stores
sharing-served = How many people were served, counted at each hand-out
sharing-nobody = Nobody
sharing-with = With { $who }
sharing-not-signed = Not signed yet by { $who }: they read it all the same, and have not promised to delete it.
sharing-shortfalls = Not everybody sees our stores. So this computer states what we are short of as needs, by itself.
sharing-hidden = These do not show us their stores: { $who }. What they need is still seen here.
sharing-holds = In force
sharing-ahead = Signed, begins later
sharing-proposed = Not signed by enough people
sharing-lapsed = Over
sharing-ended = Ended
sharing-days = From – until
sharing-basis = It rests on
sharing-copies = Safety copies
sharing-copies-yes = May be kept on the parties' safety copies
sharing-copies-no = Not on safety copies
sharing-check = Check number
sharing-fields = Every field: { $fields }
sharing-stock-how = Batch by batch, as soon as it is written. It is not handed on.
sharing-served-how = Once a month, for a whole community of 5,000 people or more. From 1 to 7 nothing is told; the rest is rounded to 5.
sharing-left-out = left out
sharing-so-far = This month so far, as it would leave
sharing-retention =
    { $n ->
        [0] When it ends, it is deleted at once.
        [one] One day after it ends, it is deleted.
       *[other] { $n } days after it ends, it is deleted.
    }
sharing-field-item = what it is
sharing-field-store = which store
sharing-field-good-until = last good day
sharing-field-batch = batch number
sharing-field-amount = amount
sharing-field-reason = why it came or went
sharing-field-day = when
sharing-field-method = how it was counted
sharing-field-month = month
sharing-field-people = people
sharing-field-households = households
sharing-parties = Who signs
sharing-signed =
    { $n ->
        [0] nobody has signed
        [one] one person has signed
       *[other] { $n } people have signed
    }
sharing-text = The whole text
sharing-none = There is no agreement that is not over.
sharing-over = Agreements that are over
sharing-sign = Sign for us
sharing-end = End it
sharing-end-how = Our stores are then hidden from neighbours at once, and theirs from us. What we need, offer and send goes on. It cannot be taken back: to share again, a new text is signed.
sharing-end-now = End it for us now
sharing-propose = A new agreement
sharing-propose-open = Propose a text
sharing-propose-text = The text
sharing-propose-hint = Change what is to be different: days, communities, reasons. Two people of each community sign the same text; a neighbour who has the same check number has the same text.
sharing-propose-go = Propose and sign
sharing-tonight = What the next exchange carries
sharing-tonight-how = The newest entries of ours, and who may read each. "Show" has everything that leaves with it.
sharing-col-entry = Entry
sharing-col-month = Month
sharing-col-people = People
sharing-col-households = Households
sharing-col-kind = Part
sharing-col-readers = Who reads it
sharing-col-exact = Exactly
sharing-everybody = Every neighbour
sharing-entry = { $reason }: { $what }
sharing-entry-batch = A new batch
sharing-entry-task = A task, given or taken back
sharing-entry-region = The region file
sharing-entry-neighbour = A community's computer is known
sharing-entry-agreement = An agreement: text, signature or end
sharing-entry-record = The record itself: a key, or where it begins
sharing-show = Show
sharing-waits =
    { $n ->
        [one] on its way to one
       *[other] on its way to { $n }
    }
sharing-kind-keys = Keys and tasks
sharing-kind-aid = What help needs
sharing-let-go = { $who } deleted what { $whose } had shared
sharing-gone = Deleted as agreed
sharing-notice-lapsed = Our agreement ended on { $date }: neighbours no longer see our stores, nor we theirs. What we need is still told, by amounts.
sharing-notice-soon =
    { $n ->
        [one] Our agreement ends today. Agree on a new one, so that neighbours go on seeing our stores.
       *[other] Our agreement ends on { $date }, in { $n } days. Agree on a new one, so that neighbours go on seeing our stores.
    }
sharing-notice-unsigned = "{ $title }" waits for a signature of ours.
sharing-look = What we share
sharing-not-shown = Does not show us its stores
refusal-agreement =
    { $n ->
        [one] The text has a fault: { $first }
       *[other] The text has { $n } faults; the first: { $first }
    }
refusal-no-agreement = This text is not known here. Exchange with whoever proposed it, or propose it here.
refusal-no-party = { $place } is no party to this text, so nobody signs it here.
refusal-agreement-over = This agreement is over. Propose a new text, with new days.
refusal-signed-already = You have signed it already. A second person signs too.
job-sharing = Keeping agreements
