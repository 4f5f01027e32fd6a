# What notes say besides: credits, headings, endings.

paid-no = No credits were spent.
paid-maybe = Credits may have been spent once: dakbox could not see whether the message arrived.
paid-maybe-answered =
    Credits may have been spent once: the video service answered, but it does not say what it took.
paid-maybe-more =
    Credits may have been spent more than once: dakbox could not see whether the messages arrived.
paid-yes = Credits were spent for this clip.
paid-yes-and-maybe =
    Credits were spent for this clip, and perhaps once more: dakbox could not see whether one message arrived.

to-do = What to do:
asked = This is the question:
these-files = { $count ->
        [one] The file:
       *[other] The files:
    }
said-so = The video service said:
the-inbox = the inbox
and-more = ... and { $more } more.
found = This is what dakbox found: { $message } { $hint }
    .or = This is what dakbox found: { $message }

goes-on = dakbox looks at this again by itself. When the cause is gone, it goes on, and this note goes away.
looks =
    dakbox looks at the project again by itself. When the work is done there, or when you have decided, it goes on,
    and this note goes away.
stays =
    dakbox does nothing more here by itself. It waits for you, and this note goes away when you have decided.
lies = { $lies ->
        [clip] Your clip lies beside this note, as you dropped it.
        [text] Your text lies beside this note, as you dropped it.
        [folder] Your folder lies beside this note, with its files as you dropped them.
        [nothing] Nothing of what you dropped lies beside this note.
       *[both] Your clip and its text lie beside this note, as you dropped them.
    }
failed = { lies } dakbox does nothing more with { $file } until you put it into the inbox again.
failed-paid =
    { lies } If you put { $file } into the inbox again, dakbox goes on where it stopped. What was paid for is not paid for
    again.
failed-left =
    What you dropped is still in the inbox: dakbox could not move it beside this note. It does nothing more with { $file }
    until you change it.

project =
    The project, in your browser (the link works for 7 days):
    { "  " }{ $project }
since = Waiting since: { $since }
failed-at = Failed at: { $since }
details = For the person who runs dakbox: { $message }
job = Job: { $job }, session: { $session }
    .or = Job: { $job }
    .or-2 = Session: { $session }
session = Session: { $session }
reason = Reason: { $code }

# A name within a sentence.
quoted = "{ $name }"
# A number at the head of a step.
numbered = { $n }.
size-bytes = { $n } bytes
size-kb = { $n } KB
size-mb = { $n } MB
size-gb = { $n } GB

# What exactly is wrong with a text.
found-encoding = { $file } cannot be read as text. Save it as plain text in UTF-8.
found-too-long = { $file } is longer than 64 KB. A few lines are enough.
found-empty = Nothing is written in { $file } yet.
found-no-words = { $file } has no words to make a film of. Write what the film is to show.
found-make-video =
    { $file } says "Make: video", which makes a film of words alone. But the text belongs to a clip. Take that line out,
    or give the text another name.
found-repeated = "{ $key }" stands twice in { $file }, with different values. Keep one of them.
found-bad-header =
    "{ $key }: { $value }" in { $file } cannot be understood. { $key ->
        [Language] After "Language:" write a language such as bn, en or zh-hant.
        [Priority] After "Priority:" write high, normal or low.
        [Output] After "Output:" write one plain name for the film, without a folder.
        [Quality] After "Quality:" write low, medium or high.
        [Make] After "Make:" write video.
        [Cost] After "Cost:" write ok.
       *[other] After "{ $key }:" write yes.
    }
