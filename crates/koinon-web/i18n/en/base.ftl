# The frame of every page, and words that many pages share.
skip-to-content = Skip to the content
nav-main = Main parts
nav-more = More
nav-region = Region
nav-stock = Stock
nav-count = Count
nav-needs = Needs
nav-transfers = Transfers
nav-checks = Does it all add up?
nav-touch = Communities in touch
nav-operator = For the operator
nav-crumbs = Where you are
sign-in = Sign in
language = Language
theme = Light or dark
theme-auto = Auto
theme-light = Light
theme-dark = Dark
settings-apply = OK
demo-label = Demo
demo-banner = This is a demo. Nothing here moves real goods.
demo-day = Day { $n }
demo-see-as = See it as
demo-switch = Switch
foot-promise = Held in common. Each community keeps its own book.
waiting-to-send = Entries waiting on this device to be sent:
waiting-others = Entries of somebody else wait on this device; they are sent when that person signs in:
waiting-sign-in = Sign in to send them.
waiting-look = Look at them.
waiting-refused = Entries to look at:
waiting-title = What waits on this device
waiting-lead = These entries were made on this device and are not written down yet. Those without a remark are sent by themselves.
waiting-none = Nothing waits on this device.
waiting-why = The community's computer did not take this entry as it is. The page may have changed, or your task may be over. Enter it again on its page, then throw this one away.
waiting-asked = The community's computer asks something about this entry before it takes it.
waiting-answer = Answer
waiting-again = Send again
waiting-open = Open its page
waiting-away = Throw away
waiting-really = Really throw away
waiting-no-script = This list needs scripts, since the entries are on this device alone.
kept-page = No line. This is the page as of { $date }, { $time }; amounts may have changed since. What you enter stays on this device until it can be sent.
offline-title = No line to the community's computer
offline-lead = This page needs a line. What you entered is kept on this device and sent when there is a line again.
offline-count = Go on counting

# Status: a mark, a word and a colour
status-enough = Enough
status-watch = Watch
status-short = Short
status-unheard = No word

# Parts of pages
table-all = Show everything
show-as-table = Show as a table
pad-label = Number keys
pad-back = Delete one digit
steps-done = done
steps-now = now
steps-ahead = still to come
steps-halted = halted
field-optional = not required
notice-good = Done
notice-info = Note
notice-watch = Attention
notice-bad = Problem
print = Print
updates-live = updates by itself

# Ages
age-now = just now
age-minutes =
    { $n ->
        [one] { $n } minute ago
       *[other] { $n } minutes ago
    }
age-hours =
    { $n ->
        [one] { $n } hour ago
       *[other] { $n } hours ago
    }
age-days =
    { $n ->
        [one] yesterday
       *[other] { $n } days ago
    }

# Amounts
unit-g = { $amount } g
unit-kg = { $amount } kg
unit-t = { $amount } t
unit-ml = { $amount } ml
unit-l = { $amount } l
unit-m3 = { $amount } m³
unit-wh = { $amount } Wh
unit-kwh = { $amount } kWh
unit-mwh = { $amount } MWh
unit-piece =
    { $n ->
        [one] { $amount } piece
       *[other] { $amount } pieces
    }
unit-person-minute =
    { $n ->
        [one] { $amount } minute of work
       *[other] { $amount } minutes of work
    }
unit-person-hour =
    { $n ->
        [one] { $amount } hour of work
       *[other] { $amount } hours of work
    }
unit-bed-day =
    { $n ->
        [one] { $amount } bed for a day
       *[other] { $amount } beds for a day
    }

# What is wrong with the computer itself
alarm-damage = Some of what is stored on this computer is damaged, so figures may be wrong. Whoever runs it must look today: koinon doctor.
alarm-read-only = This computer can be read, but nothing can be entered. Whoever runs it must look today: koinon doctor.
alarm-disk = The disk of this computer is full: what is here can be read, but nothing can be entered until there is room.
alarm-clock = The clock of this computer is likely wrong: it says { $today }, and the newest entry is of { $newest }. Whoever runs it must set it.
alarm-certificate = This computer's certificate ends on { $date }; then no device opens its pages. Whoever runs it must renew it: koinon certificate renew.
alarm-authority = The community's certificate authority ends on { $date }; then no device opens these pages. Whoever runs this computer must found a new one, and each device must trust it anew.
alarm-first-view = What { $name } showed this computer at first, of { $date }, { $time }, is not what the entries say: its check number was { $theirs }, here it is { $ours }. The entries count, and you see them now. Whoever runs this computer must look today: koinon doctor.
alarm-first-view-short = { $name } showed this computer at first, of { $date }, { $time }, what was made from entries that never came (check number { $theirs }). The entries that are here count, and you see them now. Whoever runs this computer must look today: koinon doctor.
first-view-shown = First view from { $name }, of { $date }, { $time }. { $part } of { $all } entries checked here so far. Until all are, this page shows what { $name } worked out.
first-view-silent = Of { $place } it shows nothing newer than { $date }, { $time }: amounts there may have changed since.
first-view-old = It is old: nothing in it is newer than { $newest }, { $hour }, and of { $place } nothing newer than { $date }, { $time }. Amounts may have changed since.
first-view-coming = A first view from { $name } is on its way: { $percent } % has come. Until then there is little to see here.

# When something goes wrong
problem-bad-request = This cannot be read
problem-unauthorized = Please sign in
problem-forbidden = This is not yours to see or do
problem-not-found = There is nothing here
problem-conflict = Something changed in the meantime
problem-too-large = That is too large
problem-unprocessable = Some of this cannot be right
problem-too-many = Too many attempts
problem-unavailable = Not possible right now
problem-internal = Something went wrong on our side
problem-slow = That took too long
problem-slow-detail = What was sent did not arrive in time. Try again; on a weak line send less at once.
problem-misdirected = This computer has another name
problem-misdirected-detail = This computer is not known as “{ $name }”. Open it by the address that it showed when it was started. Whoever runs it can add a name: koinon serve --name NAME.
problem-crowded = Too many connections are open. Try again in ten seconds.
problem-crowded-address = Too many connections are open from your device or network. Close other pages of this computer, or try again in ten seconds.
problem-crowded-live = Too many pages wait for changes. This page works; open it again to see what is new.
problem-not-found-detail = The address may be mistyped, or the page has moved.
problem-back = Back to the start page
part-lines = Parts of the list
part-shown = Lines { $first } to { $last } of { $of }
part-before = Those before
part-after = Those after
hands-this = By the word of { $by } this computer is in other hands, and is given nothing there. Call them. If it was so, replace its key.
hands-ours = The computer of { $whose } is said to be in other hands. We give it nothing and take nothing of it until it has a new key. What { $whose } needs is still shown: ask there by telephone before sending. Said by: { $by }.
hands-theirs = Told by { $by }: the computer of { $whose } is in other hands. Call { $whose }. If it is so, whoever keeps our computer stops the exchange with it.
