# The page on the share: what is going on.

page-title = dakbox: what is going on
page-as-of = Written at { $at }. dakbox was running then.
page-stopped = dakbox was stopped at { $at }. Nothing goes on until it runs again.
page-old =
    This page is written anew within seconds when something happens. Load it again to see it. Is something that you
    dropped not named here? Then show this page to the person who runs dakbox.
page-paused =
    Paused: no new message is sent while pause.txt lies beside this page. Take that file away to have the work go on.
page-inbox-away = dakbox cannot reach the inbox at the moment. Nothing is lost, and nothing is taken as deleted.
page-quiet = Nothing is in work, and nothing waits.

page-waits = Waiting
page-work = In work
page-seen = In the inbox
page-failed = Failed
page-done = Finished lately
page-more = And { $count } more.

page-at = At { $at }.
page-report = Report
page-note = What went wrong, and what to do
page-code = Reason: { $code }

page-settling = Seen. It is taken when it, or its text, has stopped changing.
page-awaits-sidecar = Seen. dakbox waits a while for a text of the same name.
page-folder-arriving = Seen. It is taken when nothing in its folder changes any more.
page-awaits-clip = Seen. This text waits for its clip.
page-awaits-film = Seen. Other work on its film comes first.

page-next = It comes next.
page-again = The last try did not work. dakbox tries again at { $at }.
page-held = It is held by pause.txt before the next message.
page-changing = The clip or its text is being changed. The work goes on when that ends.
page-down = The work goes on when dakbox runs again.
page-session = A project is being opened at the video service.
page-upload = It is being uploaded: { $done } of { $total }.
    .or = It is being uploaded.
page-instruct = The video service is at work, since { $at }. This is instruction { $n } of { $of }.
    .or = The video service is at work, since { $at }.
page-still = The video service is still working, since { $at }. This is instruction { $n } of { $of }.
    .or = The video service is still working, since { $at }.
page-observe = dakbox is looking at what came of it.
page-export = The film is being made: { $percent } percent are done.
    .or = The film is being made.
page-fetch = The film is being fetched: { $done } of { $total }.
    .or = The film is being fetched.
page-deliver = The film is being put into the outbox.
page-tidy = The work is done, and the files are being put away.
