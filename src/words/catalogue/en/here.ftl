# About this side: disks, records, tries.

cancelled = The work on { $file } was given up: the person who runs dakbox cancelled it.
    .step-1 = Do you want it after all? { put-back }
    .step-2 =
        You can look at the project in your browser:
        { "    " }{ $project }

cancelled-gone =
    The work on { $file } was ended, because that clip is not in the inbox any more. It was taken out, or another file
    came into its place.
    .step-1 =
        Do you want it after all? Put that same clip into the inbox again, with its text if it had one. The question of the
        video service then waits for you once more.
    .step-2 = Has another clip come into its place? dakbox works on that one by itself.
    .step-3 =
        You can look at the project in your browser:
        { "    " }{ $project }

local-io = dakbox could not read or write a file while it worked on { $file }.
    .step-1 = Check that the disk or the network drive is connected, and that it is not full.
    .step-2 = If this note is still here tomorrow, show it to the person who runs dakbox.

ledger =
    dakbox cannot keep its own records, so the work on { $file } has stopped. Without them it sends nothing, so that
    nothing is paid twice.
    .step-1 =
        Show this note to the person who runs dakbox. The disk that holds its records may be full or broken.
