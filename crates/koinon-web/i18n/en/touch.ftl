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
