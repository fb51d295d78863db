# Care and work for others: what is asked for, what is promised, who could do it.
services-title = Care and workshops
services-lead = Hospitals and workshops say how much they can do for others in a day. Here people are only a number: who comes is between the two houses.
services-members = What is asked for and who could do it is shown to members who sign in.
services-none-asked = Nobody asks for care or parts now
services-all-met = Everything that is asked for is promised
services-headline =
    { $n ->
        [one] { $n } request still waits for a promise
       *[other] { $n } requests still wait for a promise
    }
services-requests = Requests
services-request = { $place }: { $what }
services-over = over
services-people-of =
    { $n ->
        [one] { $what } for { $n } person
       *[other] { $what } for { $n } people
    }
services-pieces-of = { $n } × { $what }
services-people =
    { $n ->
        [one] { $n } person
       *[other] { $n } people
    }
services-pieces =
    { $n ->
        [one] { $n } piece
       *[other] { $n } pieces
    }
services-by = Last day that helps
services-takes = Each takes
services-each-of = { $time } of machines
services-stands = How it stands
services-met = Promised { $promised }, done { $done }, still wanted { $wanted }
services-promises = Promised
services-suggested = Who could do it
services-days-span = { $from } to { $until }, on { $n } days
services-on-day = { $day } ({ $what })
services-provider-of = { $provider } of { $place }
services-way = { $way } away
services-theirs = { $place } can promise this.
services-promise = Promise this
services-more = More about it
services-done-for = done for { $what }
services-made = Worked out
services-stays-open = Nobody can do this yet: { $what }.
services-why-nobody = Nobody is known who does it.
services-why-no-way = No open way leads to anybody who does it.
services-why-too-late = The last day that helps is over.
services-why-full = Whoever does it is full until that day.
services-change = Change or close this request
services-ours = What we do for others
services-ours-none = Nothing of ours is written down yet.
services-others =
    { $n ->
        [one] { $n } hospital or workshop of another community
       *[other] { $n } hospitals and workshops of other communities
    }
services-who = Who
services-does = What it does
services-per-day = In a day
services-free = Free in 7 days
services-change-offer = Change
services-stage-promised = promised
services-stage-taken = agreed
services-stage-declined = not taken
services-stage-withdrawn = taken back
services-stage-done = done
services-stage-lapsed = no longer stands
services-reason-enough = There is enough already
services-reason-not-suited = It does not fit what is asked for
services-reason-not-able = It cannot be done
services-ask = Ask for care or parts
services-ask-lead = Say what, for how many and until when. Every community sees it. Never write who.
services-offer = Say what we do for others
services-offer-lead = Say only what is left after your own people are cared for. Nothing is promised by it.
services-save = Save
services-kind = What kind
services-kind-care = Care of people
services-kind-making = Making of parts
services-word = Its word
services-word-hint = A short word, such as hospital or lathe-2. Never a person's name.
services-word-there = There is one of this word already. Choose another word, or change that one.
services-where = Where
services-for = For
services-when = When
services-what = What
services-what-hint = One word, such as surgery or pump-seal.
services-does-hint = Words with commas between, such as surgery, births.
services-per-day-hint = Care: how many new people. Making: minutes of machines.
services-per-day-missing = Say how much in a day.
services-count = For how many
services-count-hint = People or pieces.
services-each = Minutes of machines for each piece
services-each-hint = Only for parts.
services-number-missing = Write a number.
services-close-offer = It does nothing for others any more
services-close-offer-lead = It is suggested and promised no more. What is promised stands until it is taken back.
services-close-ask = Ask no more
services-promise-title = Promised care or work
services-number = Number of the promise
services-between = Tell the other house who comes yourselves, with this number. koinon keeps no names of them.
services-take = Yes, please
services-decline = No, thank you
services-withdraw = Take the promise back
services-done = It is done
services-all-done = All of it is done
services-done-count = For how many it was done
services-ask-stand =
    { $n ->
        [one] { $n } promise stands, and stays promised until it is taken back. Is this right all the same?
       *[other] { $n } promises stand, and stay promised until they are taken back. Is this right all the same?
    }
services-ask-enough = As much as is asked for is promised already. Promise this too?
services-ask-not-taken = Nobody has said yes to this promise yet, as far as is known here. Is it done all the same?
services-ask-nobody = Nobody is known here who does { $what }. Is the word right? Ask all the same?
services-no-provider = There is no { $provider } here that does something for others. Write down first what it does.
services-no-ask = { $place } asks for nothing of the kind, as far as is known here. Look again after the next exchange.
services-ask-over = This is asked for no more. Ask for it anew.
services-not-soon = The last day that helps must be from { $first } to { $last }.
services-not-its-work = { $provider } does not do { $what }.
services-no-way = No open way leads from { $from } to { $to }.
services-count-range = Write a number from 1 to { $most }.
services-wrong-day = { $day } cannot be promised. Choose days from { $first } to { $last }, each once.
services-days-sum = The days come to { $found }, and { $asked } are needed. Choose other days.
services-day-full = On { $day } only { $free } are left. Promise fewer, or another day.
services-full = Until { $by } there is room for { $room }. Promise so many or fewer.
services-wrong-stage = This cannot be done now. The promise: { $stage }.
services-more-than-promised = More cannot be done than was promised. Write { $most } at most.
services-services-range = Write 1 to { $most } words for what it does.
services-twice = { $what } stands there twice. Keep one.
services-per-day-range = Write a number from 0 to { $most }.
services-each-range = Write minutes from 1 to { $most }.
services-total-range = These are too many minutes in all. Ask for { $most } at most, or make two requests.
did-ask-service = { $who } asked for care or parts
did-promise-service = { $who } promised care or work to { $other }
did-take-service = { $who } said yes to what { $other } promised of care or work
did-do-service = { $who } did what it had promised of care or work
services-too-many = That is more than is asked for, by { $what }: say no to some.
services-does-missing = Say at least one thing that it does.
services-each-missing = Say how many minutes of machines each piece takes.
services-ask-is-care = { $what } is offered as care of people, not as making of parts. Is it right as you wrote it?
services-ask-is-making = { $what } is offered as making of parts, not as care of people. Is it right as you wrote it?
services-ask-below = Promises for { $n } stand or are kept, and do not fit what you write now: fewer, or an earlier day. Is it right?
services-ask-minutes =
    { $n ->
        [one] { $n } minute of machines in a day is very little. Do you mean minutes?
       *[other] { $n } minutes of machines in a day are very few. Do you mean minutes, not hours?
    }
services-other-ask = Something is promised to this request. Close it, and ask for the other thing anew.
services-other-work = Promises of { $provider } stand, so it stays what it is. Write the other work down under another word.
services-ask-end =
    { $n ->
        [one] { $n } promise to it stands, and holds no longer then. Ask no more all the same?
       *[other] { $n } promises to it stand, and hold no longer then. Ask no more all the same?
    }
did-decline-service = { $who } said no to what { $other } promised of care or work
did-close-service = { $who } asks no more for some care or parts
