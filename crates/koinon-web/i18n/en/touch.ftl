# Who was heard when, and does it all add up.
touch-all =
    { $n ->
        [one] The community is in touch
       *[other] All { $n } communities are in touch
    }
touch-some = { $part } of { $all } communities are in touch
touch-lead =
    { $n ->
        [one] In touch means: heard within the last day.
       *[other] In touch means: heard within the last { $n } days.
    }
touch-who = Who was heard when
touch-heard = Last heard
touch-now = Now
touch-in-touch = in touch
touch-silent = silent
touch-here = here
touch-oldest = Oldest figure
touch-last-count = Last count
touch-same = Same region file
touch-yes = yes
touch-other-region = another one
adds-up-yes = Yes, it all adds up
adds-up-no =
    { $n ->
        [one] { $n } sum does not add up
       *[other] { $n } sums do not add up
    }
adds-up-lead = { $n } sums were taken just now, each to the last gram, millilitre or piece.
adds-up-how = What came in, less what went out, must be what stands in the batches. What was sent must have arrived, come back, been lost for a stated reason, or still be on its way.
adds-up-below-zero = In these batches more went out than was known to be there. Nothing was changed; someone should look.
adds-up-books = Came in, went out, there now
adds-up-members = The sums of each thing are shown to members who sign in.
adds-up-nothing = Nothing to add up yet
adds-up-nothing-yet = As soon as something is counted, its sums stand here.
adds-up-roads = On the roads of the whole region
adds-up-roads-how = Sent = arrived + came back + lost + on its way.
adds-up-came-in = Came in
adds-up-arrived = Arrived from others
adds-up-used = Used and given out
adds-up-lost = Lost
adds-up-sent = Sent
adds-up-counts = Found by counting
adds-up-now = There now
adds-up-verdict = Adds up?
adds-up-ok = yes
adds-up-off = off by
roads-sent = Sent
roads-arrived = Arrived
roads-back = Came back
roads-lost = Lost
roads-going = On its way
touch-no-line = No line to somebody?
copies-title = Copies
copies-is-copy =
    { $n ->
        [one] This computer keeps a safety copy of { $n } community
       *[other] This computer keeps a safety copy of { $n } communities
    }
copies-all-held =
    { $n ->
        [0] No other computer has said yet that it keeps all of our record
        [one] { $n } other computer keeps all of our record
       *[other] { $n } other computers keep all of our record
    }
copies-here-only =
    { $n ->
        [one] Of { $n } entry nobody else has said yet that they keep it
       *[other] Of { $n } entries nobody else has said yet that they keep them
    }
copies-lead = What was lost with a computer comes back from those who keep a copy. Others say what they keep with each exchange, so this may be some minutes old. What nobody else keeps leaves with the next exchange or file to carry.
copies-lead-copy = It writes nothing for anybody and can be made again from the communities. Each community fetches its own record back from here after a loss.
copies-whose = Computer of
copies-kept-here = Their entries kept here
copies-exchanged = Last exchange
copies-of-ours = Our entries kept there
copies-all = all
copies-sure = Is it whole?
copies-ours = Our entries that others keep or may keep
copies-verified = Everything here last verified
copies-not-yet = not yet since the start
copies-how = Every entry here is checked against the signature of who wrote it after each start and once a week. koinon check does it at once.
