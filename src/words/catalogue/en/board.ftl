# The web board: what is going on, a page for each job, figures, health.

board-title = dakbox: what is going on
board-heading = What is going on
language-name = English
skip = To the content
nav = Pages
nav-board = Board
nav-jobs = All jobs
nav-figures = Figures
nav-health = Health
to-board = To the board
not-live = Not live since %. The page shows what was so then.
no-such-page = There is no such page.
no-such-job = There is no such job.
no-such-film = This film is not there, or not any more.
too-many-films = Too many films are being watched at this moment. Try again soon.
share-silent = The folders do not answer at this moment. Nothing was changed.
share-unknown = The folders do not answer. Whether it was done is not known yet. Look again in a minute.
ledger-silent = dakbox cannot read its records at this moment. The clips are not touched by that. Try again soon.

# What is so, in one sentence.
top-quiet = Nothing is in work, and nothing waits.
top-work = { $count ->
        [one] One clip is in work.
       *[other] { $count } clips are in work.
    }
top-waits = { $count ->
        [one] One clip waits for you.
       *[other] { $count } clips wait for you.
    }
top-later = { $count ->
        [one] One clip waits for a better moment.
       *[other] { $count } clips wait for a better moment.
    }
top-not-taken = { $count ->
        [one] One file in the inbox is not taken.
       *[other] { $count } files in the inbox are not taken.
    }
top-credits = { $credits } credits.
board-paused = Paused: no new message is sent until the work is resumed. What was sent already is finished and delivered.

part-waits = Waits for you
part-work = In work
part-seen = In the inbox
part-failed = Failed lately
part-done = Done

state-queued = Next
state-working = In work
state-waiting = Waits
state-delivered = Done
state-answered = Answered
state-failed = Failed
state-cancelled = Cancelled
state-seen = Seen

ago = { $time } ago
just-now = just now
lasts-seconds = { $count } s
lasts-minutes = { $count } min
lasts-hours = { $count } h
lasts-days = { $count ->
        [one] 1 day
       *[other] { $count } days
    }
lasts-exactly = { $n } s
cost = { $credits } credits
answer-is = The answer is in { $film }.
film-is = The film is called { $film }.
left-about = about { $time } left
left-soon = less than a minute left
open = Open

places = Drop clips here
places-how =
    Put a clip into this folder, and beside it a text of the same name that says what you want. Without a text dakbox
    does its usual work.
place-linux = On this machine
place-windows = Windows
place-macos = macOS
copy = Copy
copied = Copied
well-inbox = Inbox: { $folder }.
mount = { $kind }, { $mode }.
mode-events = what comes is told by the system
mode-looks = it is looked at every so often

# A page for each job.
job-title = dakbox: job { $job }
job-number = Job { $job }
project-link = Open it in the browser
asked-words = What was asked
words-sidecar = Read from { $text }.
words-folder = The clip had no text of its own: read from { $text }.
words-default = The clip had no text of its own: these are the usual words of this dakbox.
story = What happened
story-admitted = Seen whole, with its words, and taken.
story-rebound = The clip or its text was touched before anything was sent.
story-replaced = Another file lies under its name. Nothing was sent yet, so it is uploaded anew.
story-renamed = The clip has another name now.
story-refined = The text was saved anew or renamed. What is new in it is sent after the first words.
story-unsettled = The clip or its text is being changed. Nothing is sent until that ends.
story-replied = The question was answered.
story-same = The same clip was paid for with the same words in job { $job }. Its film is delivered once more.
story-session-dropped = The project is gone. Nothing was paid in it.
story-taken-over = The ledger is an old copy. Something may have been sent that it does not know of.
story-sent = message { $n } sent
story-refused = The video service did not take the message. Nothing was paid for it.
story-render-failed = The film could not be exported.
story-film-lost = The fetched film was gone from the outbox. It is fetched again.
story-consent = Somebody agreed to pay for a message once more.
story-cancelled = The clip was taken away before anything was paid.
story-reopened = The clip was dropped again.
step-parts = { $count ->
        [one] the one file uploaded
       *[other] { $count } files uploaded
    }
story-tries = { $count ->
        [one] One try before did not work.
       *[other] { $count } tries before did not work.
    }
lanes = The draft as tracks over time
lines = Words in the film
more-tracks = { $count ->
        [one] One more track is not drawn.
       *[other] { $count } more tracks are not drawn.
    }
more-drawn = { $count ->
        [one] One more piece is not drawn by itself.
       *[other] { $count } more pieces are not drawn by themselves.
    }
more-lines = { $count ->
        [one] One more line of the words is not shown.
       *[other] { $count } more lines of the words are not shown.
    }
more-turns = { $count ->
        [one] One text between these is not shown.
       *[other] { $count } texts between these are not shown.
    }
more-steps = { $count ->
        [one] One step before these is not shown.
       *[other] { $count } steps before these are not shown.
    }
only-beginning = Only the beginning is shown here.
film-head = The finished film
clip-head = The clip as it was dropped
parts-head = { $count ->
        [one] The one file it was made of
       *[other] The { $count } files it was made of
    }
versions-head = Versions of this film
answer-head = The answer
replied = The answer to it

do = What you can do
press-retry = Try again
press-again = Pay again and go on
press-cancel = Give it up
press-answer = Answer
press-refine = Change the film
press-decide = Decide
press-pause = Pause
press-resume = Resume
press-login = Enter
retry-how = dakbox goes on where it stopped. What was paid for is not paid for again.
again-how =
    This message may have been paid for already. To send it once more may cost the same credits a second time. Look at
    the project first: perhaps the work is done there.
again-sure = I know that this may cost credits once more.
cancel-how = The clip and its text go to the folder for failed clips. What was paid for is not given back.
answer-label = Your answer
answer-how = It is put beside the clip as a text, and sent to the video service. It may cost credits.
refine-label = What is to be different?
refine-how = It is put into the inbox as a text, and makes a new version of the film. It may cost credits.
pause-how = While dakbox is paused, no new message is sent, and nothing new is paid for.
asked-done = dakbox has done it.
asked-refused = dakbox did not do it. It said:
asked-noted = Noted. dakbox has not answered yet.
wrote-answer = Your answer lies in the inbox. dakbox takes it within seconds.
wrote-refine = Your text lies in the inbox. dakbox takes it within seconds.
not-written = Your text could not be put into the inbox. Perhaps one lies there already, or the share is away.
not-sure = Nothing was sent: tick the box first that it may cost credits once more.
no-words = Nothing was written, so nothing was done.
too-many-words = Your text is longer than 64 KB. A few lines are enough.
name-too-long = The name is too long for a text to lie beside it. Go on in the project, in your browser.
not-known = The folders do not answer. Whether your text was put into the inbox is not known yet. Look there before you write again.
not-asked = Nothing was written: the job has changed meanwhile. Look at what stands here now.
words-unfit = Nothing was written: these words cannot be sent as they are. A first line like "Key: value" is read as a setting.
answer-lies = Nothing was written: another answer of that name lies in the inbox, and was not taken. Look at it, or delete it.
text-lies = The same text lies in the inbox already. It is taken once.

# All jobs.
all-jobs = All
no-jobs = There are none.
col-job = Job
col-state = State
col-name = Clip
col-reason = Reason
col-changed = Changed
newer = Newer
older = Older

# Figures.
figures-of = The last 30 days.
chart-credits = Credits a day
chart-clips = Clips a day
chart-steps = Time of each step: half of them, and nine in ten, were done within
chart-none = Nothing in these days.
chart-failures = Why clips failed
col-day = Day
col-credits = credits
col-delivered = done
col-failed = failed
col-step = Step
col-half = half
col-most = nine in ten
col-times = times
name-session = Project
name-upload = Upload
name-instruct = Message
name-observe = Check
name-export = Export
name-fetch = Fetch
name-deliver = Delivery
name-tidy = Tidy up

# Health.
fact-folders = Folders
fact-inbox = How the inbox is looked at
fact-queue = Work
fact-account = Credits
fact-token = Token
fact-version = Version
folder-inbox = Inbox
folder-outbox = Outbox
folder-archive = Archive
folder-failed = Failed clips
mount-at = { $place }: { $kind }, { $mode }.
mount-missed = { $count ->
        [one] One file was not told of.
       *[other] { $count } files were not told of.
    }
looked = The last look at all of it ended { $ago }.
not-looked-yet = Not looked at yet.
queue-working = In work: { $count }.
queue-queued = Next: { $count }.
queue-waiting = Waiting: { $count }.
account-credits = { $credits } to be spent, { $frozen } reserved for work that goes on.
account-unknown = Not read yet.
token-file = From the file that the settings name, written { $ago }.
token-anonymous = An anonymous account. Its token was fetched { $ago }, and is good for { $left } more.
    .or = An anonymous account. Its token was fetched { $ago }.
token-other = From the environment, or none was needed yet.
version = dakbox { $version }

# Coming in.
login-heading = This page asks for its token
login-label = Token
login-how = The administrator has it. This browser keeps you in for 30 days.
login-wrong = This is not the token.
