# The board of transfers.
board-lead =
    { $waiting ->
        [0] { $open } going on. Nothing waits for you.
        [one] { $open } going on, { $waiting } waits for you.
       *[other] { $open } going on, { $waiting } wait for you.
    }
board-empty = Nothing is being sent.
board-waits-for-you = Waits for you
board-to-be-agreed = To be agreed
board-agreed = Agreed, to be loaded
board-on-the-way = On its way
board-arrived = Arrived, something still open
board-over = Over
board-from-to = From, to
board-stage = Where it stands
board-arrives = Planned to arrive:
board-five-numbers = The five numbers
board-more-lines =
    { $n ->
        [one] and { $n } more thing
       *[other] and { $n } more things
    }
counter-requested = Asked for
counter-committed = Promised
counter-reserved = Set aside
counter-in-transit = On its way
counter-fulfilled = Taken in
counter-lost = Lost on the way
