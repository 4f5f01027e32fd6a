# About the folders: whose they are, whether they are there, whether there is room.

ask-person = If this does not help, show this note to the person who runs dakbox.

first-run =
    dakbox is new in { $file }, and there are many clips in it already: { $count }. It has taken none of them yet,
    because each one can cost credits.
    .or =
        dakbox is new in { $file }, and there are many clips in it already. It has taken none of them yet, because
        each one can cost credits.
    .step-1 =
        Do you want dakbox to take all of them? Then rename this note to this:
        { "    " }take-all.txt
    .step-2 =
        Or the person who runs dakbox starts it once like this:
        { "    " }dakbox run --adopt
    .step-3 = Do you want it to take only some of them? Then first move the others out of the inbox.

not-ours =
    { $file } belongs to another dakbox, or this dakbox has lost its own records. It takes nothing here, so that
    nothing is paid twice.
    .step-1 = Does dakbox run on another computer with the same folder? Then use only one of them.
    .step-2 =
        If not, first move the clips out of the inbox whose films you already have. They could be paid for again.
    .step-3 =
        Then the person who runs dakbox starts it once like this:
        { "    " }dakbox run --adopt

share-away = dakbox cannot reach { $file } at the moment. Nothing is lost, and nothing is taken as deleted.
    .step-1 = Check that the network drive or the disk is connected.
    .step-2 = Do not make a new, empty folder in its place.
    .step-3 = { ask-person }

no-space =
    There is not enough free space for the film of { $file }: { $needed } are needed, and { $free } are free.
    .or = There is not enough free space for the film of { $file }.
    .step-1 =
        Delete files that you no longer need, or move them to another disk. Look into the outbox and the archive
        first.
    .step-2 = { ask-person }

outbox-read-only =
    dakbox cannot write into the outbox, so there is no place for the film of { $file }.
    .step-1 = Check that you can make a new file in the outbox yourself.
    .step-2 = If you cannot, show this note to the person who looks after the folder or the network drive.
    .step-3 = If you can, show it to the person who runs dakbox: dakbox needs the right to write there.
