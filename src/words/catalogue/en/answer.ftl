# The answer to a text that asks for nothing but credits or what is going on.

answer-at = It is { $at }.
answer-credits = Credits: { $available } to be spent, and { $frozen } reserved for work in progress.
answer-paused = Paused: no new message is sent while pause.txt lies beside the inbox.
answer-waits = Waiting: { $count }
answer-work = In work: { $count }
answer-done = Delivered today: { $count }
