# What a report says.

incomplete =
    Something may be missing in this film: the video service was cut off in its answer, so it may not have done all
    of it. Please watch it to the end before you use it.
ready = The film of { $clip } is ready: { $film }.
length = Length: { $length }
picture = Picture: { $width } x { $height }
file-size = File size: { $size }
asked-size =
    A film in { $asked_height } was asked for. What came out is { $width } x { $height }: the video service decides
    the size.
    .or = A film in { $asked_height } was asked for. The video service decides the size.
asked-format =
    A film as { $asked_format } was asked for. It is an MP4, because the video service makes nothing else.

asked-in-text = What was asked, in { $text }:
asked-by-folder = What was asked. The clip had no text of its own, so the words come from { $text }:
asked-by-default =
    What was asked. The clip had no text of its own, so these are the usual words of this dakbox:
asked-sent = What was asked. These messages were sent, in this order:
timeline-head = What is in the film:
said = What the video service said:
said-to = What the video service said to message { $n }:
said-nothing = It said nothing. This is normal after some changes.
said-broke = Here the connection broke.
said-error = Here it reported an error: { $message }
    .or = Here it reported an error.

credits = Credits before: { $before }. Credits after: { $after }. Spent: { $spent }.
    .or = Credits before: { $before }. Credits after: { $after }.
    .or-2 = Credits after: { $after }.
    .or-3 = Credits before: { $before }.
others =
    Other jobs used the same account at the same time: { $others }. The numbers are for all of them together.
accounts =
    The account changed while this clip was in work: it was begun with { $old_account }, and ended with
    { $new_account }.

steps = What was done, and how long it took:
took = { $at }: { $step } ({ $seconds } s)
step-session = project opened
step-upload = clip uploaded
step-instruct = message { $n } sent and carried out
step-sent = message { $n } sent
step-refused = message { $n } not taken by the video service
step-observe = result of message { $n } checked
step-export = film exported
step-fetch = film fetched
step-deliver = film put into the outbox
step-tidy = tidied up
remarks = Please note:
batch = This clip is one of the batch { $batch }.
batch-apart =
    The project of the batch { $batch } still held the earlier clip, so this clip was worked in a project of its own.
tip = Tip: clips under 2 minutes give the most accurate Bangla text.

# What is to be known besides.
remark-gave-way =
    There was more than one text for this clip. This one was not used, because the other names the clip more
    exactly: { $texts }.
remark-of-parts =
    All clips of the folder were worked together. The texts of single clips were not used: { $texts }.
remark-no-text = The clip had no text of its own. To ask for something else, drop it with a text named { $text }.
remark-format = By its content the clip is { $format }, though its name says otherwise. It was used as it is.
remark-name-taken = The name { $name } was taken in the outbox, so the film has a number in its name.
remark-quality = The film was exported in { $made ->
        [low] low
       *[medium] medium
    } quality, as it was asked for.
remark-other-quality = A step of the text asks for { $asked } quality, its first lines for { $made }. The first lines count.
remark-sent-again = Message { $n } was sent once more, because that was asked for. It may have been paid for again.
remark-once-more = Nothing was paid for this film: the same drop with the same words was worked before. Its project was exported once more.
remark-answered = The service asked a question. The answer that it got: { $answer }
remark-exported-again = The first export failed, so dakbox exported the film once more. This costs nothing.
remark-waited = The work waited from { $from } to { $to } (reason: { $code }).

credits-unread = How many credits this clip cost cannot be told, because they could not be read at that time.
credits-came = How many credits this clip cost cannot be told, because new credits came in meanwhile.
