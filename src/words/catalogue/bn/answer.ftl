# যে লেখায় শুধু ক্রেডিট বা কাজের খবর জানতে চাওয়া হয়, তার উত্তর।

answer-at = এখন { $at }।
answer-credits = ক্রেডিট: খরচ করার মতো { $available }, আর চলতি কাজের জন্য তুলে রাখা { $frozen }।
answer-paused = থামানো আছে: ইনবক্সের পাশে pause.txt যতক্ষণ থাকে, ততক্ষণ নতুন কোনো বার্তা পাঠানো হয় না।
answer-waits = অপেক্ষায়: { $count }
answer-work = কাজ চলছে: { $count }
answer-done = আজ তৈরি হয়েছে: { $count }
