# About what was dropped. A message a code: what happened, with `.or` for when less is known, and the steps to take.
# A line that begins with a blank stands as it is: something to type, or a link.

save-as = Save the clip anew as MP4, or in another of these formats: { $formats }.
put-again = { $from ->
        [folder] Then put the whole folder into the inbox again.
        [shared]
            Then put the new clip into the inbox, and beside it a text named { $text } that says what to do. { $file } had no
            text of its own: its words came from { $source }.
        [usual]
            Then put the new clip into the inbox. { $file } had no text of its own, so dakbox uses its usual words for it.
            For other words, put a text named { $text } beside it.
       *[own] Put the new clip and its text into the inbox.
    }
put-back = { $from ->
        [folder] Put the whole folder into the inbox again.
        [alone] Put { $file } into the inbox again.
        [shared] Put the clip into the inbox again.
        [usual] Put the clip into the inbox again.
       *[own] Put the clip and its text into the inbox again.
    }
still-copying = Is it still being copied? Then just wait. dakbox takes it when it is complete.
take-out = If you do not need it any more, take it out of the inbox.

not-media = { $file } is not a video, a picture or a sound that dakbox can use.
    .step-1 =
        Open the file on your computer. If it does not play there either, get a new copy of it.
    .step-2 =
        If it plays, save it as MP4, or in another of these formats: { $formats }.
    .step-3 = { put-again }

too-large = { $file } is too large: the video service takes at most 500 MB.
    .step-1 =
        Make the clip smaller: save it with a lower quality, or cut it into parts. Parts of less than 2 minutes
        also give the most accurate Bangla text.
    .step-2 = { put-again }

unsupported = The video service does not take { $file }: it does not know this kind of file.
    .step-1 = { save-as }
    .step-2 = { put-again }

correct-it = Correct it, and save it as plain text (UTF-8). It may have up to 64 KB.
bad-sidecar = dakbox cannot use the text that came with { $file }.
    .step-1 = Open { $text } in a simple editor, such as Notepad or TextEdit.
    .step-2 = { correct-it }
    .step-3 = Put the clip and the text into the inbox.

bad-sidecar-batch = dakbox cannot use { $text }, the text that says what to do with { $file }.
    .step-1 =
        Open { $text } in a simple editor, such as Notepad or TextEdit. It lies in the folder for failed clips, or it is still
        in the inbox, or in the archive.
    .step-2 = { correct-it }
    .step-3 = Put the clip into that folder of the inbox again, and the text too if it is not there.

bad-sidecar-default = dakbox cannot use { $text }, the text that says what to do with { $file }.
    .step-1 =
        Open { $text } in a simple editor, such as Notepad or TextEdit. It is still in the inbox: it is for all clips there
        that have no words of their own.
    .step-2 = { correct-it }
    .step-3 = { put-back }

bad-sidecar-folder = dakbox cannot use { $text }, the text that says what to make of the folder { $file }.
    .step-1 =
        Open { $text } in a simple editor, such as Notepad or TextEdit. It lies in the folder for failed clips.
    .step-2 = { correct-it }
    .step-3 = { put-back }

bad-sidecar-alone = dakbox cannot use the text { $file }.
    .step-1 = Open it in a simple editor, such as Notepad or TextEdit.
    .step-2 = { correct-it }
    .step-3 = { put-back }

not-whole = { $file } is not complete: a part of the file is still empty.
    .step-1 = { still-copying }
    .step-2 = Did the copying stop? Then copy the file into the inbox once more.
    .step-3 =
        Is the file complete, and does it only end in silence? Then write this as the first line of { $text }, and
        save it. Make that file if it is not there.
        { "    " }Whole: yes

empty = { $file } is empty: there is nothing in the file.
    .step-1 = { still-copying }
    .step-2 = Did the copying stop? Then copy the file into the inbox once more.
    .step-3 = Is it a text? Then write into it what you want, and save it.
    .step-4 = { take-out }

unreadable = dakbox is not allowed to open { $file }, or could not read it.
    .step-1 = Close the file in all other programs.
    .step-2 = If that does not help, copy the file into the inbox once more.
    .step-3 =
        If that does not help either, show this note to the person who runs dakbox. dakbox needs the right to read
        the file.

not-safe = dakbox does not take { $file }: it is no plain file, or a link to a file that belongs to somebody else.
    .step-1 = Take it out of the inbox.
    .step-2 =
        Put a real copy of the clip into the inbox instead. You must have the right to read that clip.

not-safe-text =
    dakbox does not read { $text }, the text for { $file }: it is no plain file, or a link to a file that belongs to
    somebody else.
    .step-1 = Take { $text } out of the inbox.
    .step-2 = Make a new plain text file with that name, and write into it what you want.

ambiguous-texts = There is more than one text for { $file }, and dakbox does not guess which one you mean.
    .step-1 = Keep the text that you mean, and take the others out of the inbox.

ambiguous =
    It is not clear which text belongs to { $file }: there is another clip of the same name, and only one text.
    .step-1 =
        Give each clip a text of its own. Name it like the whole clip, with .txt at the end. The text for { $file }
        is then { $own_text }.
    .step-2 = Or give one of the clips another name, and its text the same new name.

not-plain-text = The text for { $file } is not plain text, so dakbox cannot read it.
    .step-1 = Open the text in the program that it was written with, for example Word or Pages.
    .step-2 = Choose "Save as", then "Plain text (.txt)", and save it as { $text } beside the clip.
    .step-3 = Take the old text out of the inbox.

needs-sidecar = { $file } has no text, and dakbox needs one that says what to do with the clip.
    .step-1 = Make a plain text file with the name { $text } beside the clip.
    .step-2 =
        Write into it what you want. For example:
        { "    " }generate Bangla subtitles and add them to my video

own-film = dakbox has made the film { $file } itself. It works on such a film only when a text says what to do.
    .step-1 = Is it here by mistake? Then take it out of the inbox.
    .step-2 =
        Do you want it changed once more? Then make a plain text file with the name { $text } beside it, and write
        into it what you want. This is new work, and it costs credits.

bad-address-file = dakbox cannot use the address in { $file }.
    .step-1 =
        Open the file with your browser, and look where it leads. It must lead to a video, a picture or a sound, not to
        a page about one.
    .step-2 =
        The address must begin with https://. It must work on every computer, without a password in it.
    .step-3 = Save the right address into the inbox. Or save the clip itself, and put that into the inbox.

address-not-fetched = The video service could not fetch what the address in { $file } leads to.
    .step-1 =
        Open the file with your browser. Does it ask for a password, or is it gone? Then save a new address into the
        inbox, in a file of the same name.
    .step-2 = Does it open? Then just wait: dakbox asks again by itself.
    .step-3 = You can also save the clip itself, and put that into the inbox.

bad-answer = dakbox cannot send what is in { $file } as an answer.
    .step-1 =
        Open it in a simple editor, such as Notepad or TextEdit, and write the answer to the question. A text with nothing
        but "export" is none.
    .step-2 = Save it as plain text (UTF-8) under the same name. It may have up to 64 KB.
    .step-3 = { take-out }

not-taken = dakbox does not take some of the files in { $file }. It takes these formats: { $formats }.
    .step-1 = Is one of the files a clip? Then save it in one of these formats, and put it into the inbox.
    .step-2 = Take the others out of the inbox. They are not touched, and they cost nothing.

too-deep = { $file } lies too deep: dakbox looks into at most 32 folders, one inside another.
    .step-1 = Move it to a folder that is nearer to the inbox.

same-again = dakbox has already made a film from { $file } with the same words: { $film }.
    .or = The same words were sent before with the clip { $file }. dakbox does not send and pay for them again by itself.
    .step-1 =
        Look for the film in the outbox. If you have what you need, take the clip and its text out of the inbox.
    .step-2 = Do you want something else? Then change the words in { $text }.
    .step-3 =
        Do you want the same work once more, and pay for it once more? Then write this as the first line of
        { $text }, and save it. Make that file if it is not there.
        { "    " }Again: yes

same-in-work =
    { $file } is the same clip as { $film }, with the same words, and dakbox works on that one now. You get the film
    for this one too, and it is paid for once.
    .or =
        { $file } is in work already under another name, with the same words. You get the film for this one too, and it
        is paid for once.
    .step-1 = You do not need to do anything. If the other one waits for something, its own note says for what.
    .step-2 = Do you need the film only once? Then take this clip and its text out of the inbox.

not-in-this-version = { $file } asks for something that this version of dakbox cannot do yet.
    .step-1 = Leave that wish out: change the text or the file, and save it.
    .step-2 = Or take it out of the inbox, and keep it for a later version.

project-needs-text =
    The folder { $file } is to be one project, but there is no text in it that says what to make of its clips. So it
    waits.
    .step-1 =
        Write what you want into a text file, and save it in that folder under this name:
        { "    " }project.txt

project-needs-media = The folder { $file } is a project, but there are no clips, pictures or sounds in it. So it waits.
    .step-1 = Put the media into the folder. These formats are taken: { $formats }.
    .step-2 = If the folder is not needed any more, take it out of the inbox.

project-held = The folder { $file } is a project, and something in it cannot be used. So the whole project waits.
    .step-1 = Is it still being copied? Then just wait.
    .step-2 =
        Does it not open in a player, or is it larger than 500 MB? Then put a whole, smaller copy in its place, or take
        it out of the folder.
    .step-3 = Is it a link to an address? Then put the clip itself into the folder.

late-media =
    These files came into the folder { $file } after its film was begun. They are not in the film, and nothing is done
    with them.
    .step-1 =
        Do you want another film? Then put all media for it into that folder, and save a new text there under this name:
        { "    " }project.txt
    .step-2 = If not, take these files out of the inbox.

awaits-clip = { $file } is a text without a clip, so dakbox does nothing with it.
    .step-1 = Is it for a clip? Then put the clip beside it, under the same name.
    .step-2 =
        Is it for a film that is done, or does it answer a question? Then its name must begin with exactly the name of
        that film or clip.
    .step-3 = A project.txt or a batch.txt works in a folder of its own, with the clips.
    .step-4 = { take-out }

awaits-film = { $file } has new words for a film. Other work on that film comes first.
    .step-1 = You need to do nothing. It goes on by itself when that work is over.
    .step-2 = Does that work wait for something? Then its own note says for what.
    .step-3 = { take-out }
