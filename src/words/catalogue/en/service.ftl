# About the video service: credits, plan, access, messages, films.

nothing-to-do = You do not need to do anything now.
show-tomorrow = If this note is still here tomorrow, show it to the person who runs dakbox.
look =
    Open the project in your browser, and look whether the work is done there:
    { "    " }{ $project }
send-again =
    If it is not done, you can have your words sent once more. You may then pay twice. Write this as the first line
    of { $text }, and save it. Make that file if it is not there.
    { "    " }Again: yes
send-once-more =
    If it is not done, you can have your words sent once more. You may then pay twice. The line Again: yes in
    { $used_text } is used up. Write it there once more, as the first line, above the old one:
    { "    " }Again: yes
done-there = If it is done there, just wait: dakbox sees it, and makes the film from it.

paused =
    Somebody has put a file named pause.txt beside the inbox. So dakbox sends nothing that costs credits, and { $file }
    waits.
    .step-1 = Ask who paused dakbox, and why.
    .step-2 = To go on, delete pause.txt. The work then goes on by itself.

budget-reached =
    { $file } would take dakbox over its limit of credits for a day, which is { $count }. So it waits.
    .or = { $file } would take dakbox over its limit of credits for a day. So it waits.
    .step-1 = { nothing-to-do } The work goes on by itself after midnight.
    .step-2 = Is it urgent? Then ask the person who runs dakbox to raise the limit.

cost-asks =
    { $file } is likely to cost more credits than dakbox may spend on one clip without asking: about { $count }.
    .or = { $file } is likely to cost more credits than dakbox may spend on one clip without asking.
    .step-1 =
        Do you agree? Then write this as the first line of { $text }, and save it. Make that file if it is not there.
        { "    " }Cost: ok
    .step-2 = If you do not agree, take the clip and its text out of the inbox.

no-credits = There are not enough credits left to go on with { $file }.
    .step-1 =
        Register on this page to get more credits. The page is for the account that dakbox uses:
        { "    " }{ $register }
    .step-1-or = Top up credits in your account.

plan-blocks-export =
    The video service does not export the film of { $file }, because the plan of your account does not allow it.
    This is about the plan, not about credits.
    .step-1 =
        Register or upgrade your plan to unlock export. You can register here:
        { "    " }{ $register }
    .step-1-or = Register or upgrade your plan to unlock export.
    .step-2 = Then just wait. The work is kept in the project, and an export costs nothing.

token-refused = The video service did not accept the access key (the token) that dakbox used for { $file }.
    .step-1 = Show this note to the person who runs dakbox. dakbox needs a new token.
    .step-2 = dakbox can also work without a token of your own. It then asks for a free one by itself.

token-limit =
    The video service gives dakbox no new free access key (token) yet, and { $file } needs one. It gives only one in
    7 days.
    .step-1 = { nothing-to-do }
    .step-2 =
        Is it urgent? Then register at the video service, and give your token to the person who runs dakbox.

unknown-fate =
    dakbox sent your words for { $file }, but it could not see whether the video service took them. It never sends
    them again by itself.
    .step-1 = { look }
    .step-2 = { done-there }
    .step-3 = { send-once-more }
    .step-3-or = { send-again }

question = The video service has a question about { $file }, and it changed nothing yet.
    .step-1 =
        Write your answer into a plain text file, and save it in the inbox beside the clip under this name:
        { "    " }{ $answer }
    .step-2 = dakbox then sends your answer, and goes on by itself. An answer costs credits, like every message.
    .step-3 =
        You can also answer in the project, in your browser:
        { "    " }{ $project }
    .step-4 = If you do not need the film any more, take the clip and its text out of the inbox.

nothing-changed =
    The video service did not do what was asked for { $file }: it changed nothing. dakbox does not send your words
    again by itself.
    .step-1 = { look }
    .step-2 = { done-there }
    .step-3 = { send-once-more }
    .step-3-or = { send-again }

# No `Again: yes` here: it would send the message into the session that is gone.
session-lost =
    The video service no longer has the project of the film { $film }. So the film cannot be changed there any more,
    and your new words in { $file } were not sent.
    .or = The video service no longer has the project of { $file }. dakbox cannot reach the work in it any more.
    .step-1 =
        Look at the project in your browser. Perhaps the work is still there:
        { "    " }{ $project }
    .step-2 =
        Do you want the work done anew, and pay for it once more? Put a copy of the clip with a new name into the
        inbox, and beside it a text of the same name.
    .step-3 =
        Write the words in that text a little differently. Unasked, dakbox never pays twice for the same clip with the
        same words.
    .step-4 = If you do not need the film any more, take the clip and its text out of the inbox.

project-moved-on =
    { $file } asks for a change of a film, but its project holds a later clip of the same batch by now. dakbox sent
    nothing, because the change would be done to that clip.
    .step-1 = Put a copy of the clip with a new name into the inbox, and beside it a text of the same name.
    .step-2 = Write all that you want done with the clip in that text. It is a new film, and costs credits.
    .step-3 = If you do not need the change any more, take { $file } out of the inbox.

service-down = The video service does not answer, so the work on { $file } has stopped for now.
    .step-1 = Check that other pages on the internet open. If they do, just wait. If they do not, mend that first.
    .step-2 = { show-tomorrow }

rate-limited =
    The video service has asked dakbox to go slower, so the work on { $file } has stopped for now.
    .step-1 = { nothing-to-do }

bad-certificate =
    dakbox has no safe connection to the video service, so the work on { $file } has stopped for now. It does not use
    an unsafe one.
    .step-1 = Check the date and the time of the computer that dakbox runs on.
    .step-2 = Does your network ask you to log in on a web page? Then log in.
    .step-3 = If this does not help, show this note to the person who looks after the network.

odd-answer = The video service gave an answer about { $file } that dakbox does not understand.
    .step-1 = Does your network ask you to log in on a web page? Then log in. If not, just wait.
    .step-2 = { show-tomorrow }

render-failed = The video service could not make the film of { $file }. It was asked two times.
    .step-1 = { put-back } An export costs nothing.
    .step-2 =
        If it fails again, open the project in your browser and export it there:
        { "    " }{ $project }
    .step-3 = If that does not work either, show this note to the person who runs dakbox.

bad-film = The film of { $file } did not arrive whole, so dakbox did not put it into the outbox.
    .step-1 = You do not need to do anything now: dakbox fetches it again. This costs nothing.
    .step-2 = { show-tomorrow }

bad-address =
    The film of { $file } lies at an address that dakbox does not open, because it may not be safe.
    .step-1 =
        Show this note to the person who runs dakbox. If the address is right, its host can be allowed with the
        setting "download_hosts".
    .step-2 = After that, dakbox is started anew, and goes on by itself.
