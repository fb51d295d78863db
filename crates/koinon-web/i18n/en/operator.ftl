# For whoever keeps the community's computer; this page speaks the field's words.
operator-lead = Work that runs by itself, neighbours, room and copies.
operator-well = The community's computer is well
operator-bad = Nothing can be written down just now
operator-look =
    { $n ->
        [one] { $n } thing to look at
       *[other] { $n } things to look at
    }
operator-stopped = Writing has stopped. Check the disk, then start koinon again.
operator-stopped-by = Why writing stopped
operator-disk-low = Only { $n } MiB are free. Make room before entries are refused.
operator-waiting = The data may be old: { $n } neighbours are to be asked before stock is promised. Wait, or confirm that nothing is missing.
operator-clock-differs = The clock of { $name } differs by { $n } seconds. Set one of the two.
operator-job-fails = { $job } fails. The cause stands in the list of work.
operator-certificate-ends = The certificate ends in { $n ->
        [one] one day
       *[other] { $n } days
    } and did not renew itself. Run koinon certificate renew.
operator-authority-ends = The certificate authority ends in { $n ->
        [one] one day
       *[other] { $n } days
    }. Choose a day for a new one: koinon certificate renew --new-authority; each device must trust it anew, each neighbour needs a new card.
operator-certificate = Certificate holds for
operator-days =
    { $n ->
        [one] one day
       *[other] { $n } days
    }
operator-no-plan = No suggestions can be made. The cause stands in the list of work.
operator-doubts = { $n } entries contradict others or cannot be placed. Run koinon check.
operator-no-backup = No backup is known. Make one with koinon backup, and keep it elsewhere.
operator-old-backup = The last backup is more than a week old. Make a new one with koinon backup.
operator-for-keepers = Causes, addresses and people are for those who keep this computer.
operator-jobs = Work that runs by itself
operator-job = Work
operator-state = State
operator-last-done = Last done
operator-waits = fine
operator-works = at work
operator-fails = fails
operator-neighbours = Neighbours
operator-neighbour = Neighbour
operator-answer = answered the last time
operator-no-neighbours = No neighbour is listed yet. Make a card with koinon peer card.
operator-asked-us = Asked us
operator-behind = Entries still to come
operator-clock = Clock ahead
operator-seconds = { $n } s
operator-address = Address
operator-asks-us-only = asks us only
operator-computer = This computer
operator-version = Version
operator-speaks-for = Writes for
operator-safety-copy = nobody; a safety copy
operator-mark = Its mark
operator-time = Its time
operator-store = Store
operator-snapshot = snapshot:
operator-none-yet = none yet
operator-disk = Free on the disk
operator-of = of { $whole }
operator-backup = Last backup
operator-kib = { $n } KiB
operator-mib = { $n } MiB
operator-gib = { $n } GiB
operator-console = At the console
operator-console-lead = What takes more than a look is done on the computer itself:
me-operator = People, devices and the computer
operator-forked = { $name } continued its record in two ways. What came after the last entry that both have does not count. Ask its stewards what happened; if the key was stolen, they replace it with koinon key rotate.
operator-new-key = Stewards gave the computer of { $name } a new key. It is taken as good on { $date } at { $time }. Ask them whether they did.
operator-kept-by = Who else holds our record
operator-part = Part of the record
operator-entries = Entries
operator-whole-at = Whole at
operator-here-only = Held here only
operator-neighbours-n =
    { $n ->
        [one] { $n } neighbour
       *[other] { $n } neighbours
    }
operator-writes-nothing = This computer writes nothing of its own.
operator-all-held = Every entry is held by at least one neighbour: nothing is lost with this computer.
operator-held-here = { $n ->
        [one] One entry is held here only
       *[other] { $n } entries are held here only
    } so far. They would be lost with this computer.
operator-forked-mended = { $name } continued its record in two ways once; it has a new key since.
job-plan = Suggestions
job-certificate = Certificate
job-database = Keeping the database
job-disk = Room on the disk
job-erasure = Erasing of people
job-exchange-all = Exchange with neighbours
job-first-view = First view of a neighbour
job-fold = Old lines put away
job-scrub = Verification of what is stored
job-snapshot = Snapshot
job-writing = Writing
job-exchange = Exchange with { $whom }
stream-control = Keys
stream-federation = Entries
stream-sealed = Sealed
stream-local = Own notes
stream-aggregates = Sums
stream-stock = Stock
operator-a-safety-copy = Safety copy { $mark }
operator-share = Share left
operator-share-used = used up, it waits
operator-percent = { $n } %
