# ওয়েব বোর্ড: কী চলছে, প্রতিটি কাজের পাতা, হিসাব, অবস্থা।

board-title = dakbox: এখন কী চলছে
board-heading = এখন কী চলছে
language-name = বাংলা
skip = মূল অংশে যান
nav = পাতা
nav-board = বোর্ড
nav-jobs = সব কাজ
nav-figures = হিসাব
nav-health = অবস্থা
to-board = বোর্ডে ফিরুন
not-live = %-এর পর থেকে নতুন খবর আসছে না। পাতাটি তখনকার অবস্থা দেখাচ্ছে।
no-such-page = এমন কোনো পাতা নেই।
no-such-job = এমন কোনো কাজ নেই।
no-such-film = ফিল্মটি এখানে নেই, বা এখন আর নেই।
too-many-films = এই মুহূর্তে অনেকগুলো ফিল্ম দেখা হচ্ছে। একটু পরে আবার চেষ্টা করুন।
share-silent = ফোল্ডারগুলো এই মুহূর্তে সাড়া দিচ্ছে না। কিছুই বদলানো হয়নি।
share-unknown = ফোল্ডারগুলো সাড়া দিচ্ছে না। কাজটি হয়েছে কি না এখনও জানা নেই। এক মিনিট পরে আবার দেখুন।
ledger-silent = dakbox এই মুহূর্তে তার খাতা পড়তে পারছে না। এতে ক্লিপের কিছু হয় না। একটু পরে আবার চেষ্টা করুন।

# এক বাক্যে অবস্থা।
top-quiet = এখন কোনো কাজ চলছে না, কিছু অপেক্ষায়ও নেই।
top-work = { $count }টি ক্লিপের কাজ চলছে।
top-waits = { $count }টি ক্লিপ আপনার অপেক্ষায় আছে।
top-later = { $count }টি ক্লিপ ভালো সময়ের অপেক্ষায় আছে।
top-not-taken = ইনবক্সের { $count }টি ফাইল নেওয়া হচ্ছে না।
top-credits = ক্রেডিট { $credits }।
board-paused = থামানো আছে: আবার চালু না করা পর্যন্ত নতুন কোনো বার্তা পাঠানো হবে না। যা পাঠানো হয়েছে তা শেষ করে পৌঁছে দেওয়া হবে।

part-waits = আপনার অপেক্ষায়
part-work = কাজ চলছে
part-seen = ইনবক্সে আছে
part-failed = সম্প্রতি হয়নি
part-done = তৈরি

state-queued = এরপর
state-working = কাজ চলছে
state-waiting = অপেক্ষায়
state-delivered = তৈরি
state-answered = উত্তর দেওয়া হয়েছে
state-failed = হয়নি
state-cancelled = বাতিল
state-seen = দেখা হয়েছে

ago = { $time } আগে
just-now = এইমাত্র
lasts-seconds = { $count } সেকেন্ড
lasts-minutes = { $count } মিনিট
lasts-hours = { $count } ঘণ্টা
lasts-days = { $count } দিন
lasts-exactly = { $n } সে.
cost = { $credits } ক্রেডিট
answer-is = উত্তর আছে { $film }-এ।
film-is = ফিল্মের নাম { $film }।
left-about = আর প্রায় { $time }
left-soon = আর এক মিনিটেরও কম
open = খুলুন

places = ক্লিপ এখানে ফেলুন
places-how =
    এই ফোল্ডারে একটি ক্লিপ রাখুন, আর পাশে একই নামের একটি লেখা, যাতে বলা থাকে আপনি কী চান। লেখা না থাকলে dakbox তার
    সাধারণ কাজটি করে।
place-linux = এই কম্পিউটারে
place-windows = উইন্ডোজ
place-macos = ম্যাক
copy = কপি করুন
copied = কপি হয়েছে
well-inbox = ইনবক্স: { $folder }।
mount = { $kind }, { $mode }।
mode-events = নতুন কিছু এলে সিস্টেম জানায়
mode-looks = কিছুক্ষণ পরপর দেখা হয়

# প্রতিটি কাজের পাতা।
job-title = dakbox: কাজ { $job }
job-number = কাজ { $job }
project-link = ব্রাউজারে খুলুন
asked-words = যা চাওয়া হয়েছে
words-sidecar = { $text } থেকে পড়া।
words-folder = ক্লিপের নিজের কোনো লেখা ছিল না: { $text } থেকে পড়া।
words-default = ক্লিপের নিজের কোনো লেখা ছিল না: এগুলো এই dakbox-এর সাধারণ কথা।
story = যা যা হয়েছে
story-admitted = লেখাসহ পুরোটা দেখা হয়েছে, কাজ নেওয়া হয়েছে।
story-rebound = কিছু পাঠানোর আগে ক্লিপ বা তার লেখা বদলানো হয়েছে।
story-replaced = একই নামে এখন অন্য ফাইল আছে। কিছু পাঠানো হয়নি, তাই নতুন করে আপলোড হবে।
story-renamed = ক্লিপের নাম এখন অন্য।
story-refined = লেখাটি নতুন করে সেভ করা হয়েছে, বা তার নাম বদলেছে। তার মধ্যে যা নতুন তা আগের কথাগুলোর পরে পাঠানো হবে।
story-unsettled = ক্লিপ বা তার লেখা বদলানো হচ্ছে। তা শেষ না হওয়া পর্যন্ত কিছু পাঠানো হবে না।
story-replied = প্রশ্নের উত্তর দেওয়া হয়েছে।
story-same = একই ক্লিপ একই কথায় কাজ { $job }-এ আগেই করা হয়েছে। সেই ফিল্মই আবার দেওয়া হচ্ছে।
story-session-dropped = প্রকল্পটি আর নেই। তাতে কিছু খরচ হয়নি।
story-taken-over = হিসাবের খাতাটি একটি পুরোনো কপি। এর অজানা কিছু পাঠানো হয়ে থাকতে পারে।
story-sent = { $n } নম্বর বার্তা পাঠানো হয়েছে
story-refused = ভিডিও সেবাটি বার্তাটি নেয়নি। এর জন্য কিছু খরচ হয়নি।
story-render-failed = ফিল্মটি এক্সপোর্ট করা যায়নি।
story-film-lost = আনা ফিল্মটি আউটবক্সে আর ছিল না। আবার আনা হবে।
story-consent = একটি বার্তার জন্য আরও একবার খরচ করতে কেউ রাজি হয়েছেন।
story-cancelled = কিছু খরচ হওয়ার আগেই ক্লিপটি সরিয়ে নেওয়া হয়েছে।
story-reopened = ক্লিপটি আবার ফেলা হয়েছে।
step-parts = { $count }টি ফাইল আপলোড হয়েছে
story-tries = এর আগে { $count }টি চেষ্টা সফল হয়নি।
lanes = সময় ধরে খসড়ার ট্র্যাকগুলো
lines = ফিল্মের কথাগুলো
more-tracks = আরও { $count }টি ট্র্যাক আঁকা হয়নি।
more-drawn = আরও { $count }টি টুকরো আলাদা করে আঁকা হয়নি।
more-lines = কথার আরও { $count }টি লাইন দেখানো হয়নি।
more-turns = মাঝের { $count }টি লেখা দেখানো হয়নি।
more-steps = এর আগের { $count }টি ধাপ দেখানো হয়নি।
only-beginning = এখানে শুধু শুরুটা দেখানো হচ্ছে।
film-head = তৈরি ফিল্ম
clip-head = যে ক্লিপ ফেলা হয়েছিল
parts-head = যে { $count }টি ফাইল থেকে তৈরি
versions-head = এই ফিল্মের সংস্করণগুলো
answer-head = উত্তর
replied = তার উত্তর

do = আপনি যা করতে পারেন
press-retry = আবার চেষ্টা করুন
press-again = আবার খরচ করে এগিয়ে যান
press-cancel = বাদ দিন
press-answer = উত্তর দিন
press-refine = ফিল্মটি বদলান
press-decide = ঠিক করুন
press-pause = থামান
press-resume = আবার চালু করুন
press-login = ঢুকুন
retry-how = dakbox যেখানে থেমেছিল সেখান থেকে এগোবে। যার জন্য একবার খরচ হয়েছে তার জন্য আবার খরচ হবে না।
again-how =
    এই বার্তার জন্য হয়তো আগেই খরচ হয়েছে। আবার পাঠালে একই ক্রেডিট দ্বিতীয়বার খরচ হতে পারে। আগে প্রকল্পটি দেখুন: হয়তো কাজ
    সেখানে হয়ে গেছে।
again-sure = জানি, এতে আরও একবার ক্রেডিট খরচ হতে পারে।
cancel-how = ক্লিপ ও তার লেখা না-হওয়া ক্লিপের ফোল্ডারে যাবে। যা খরচ হয়েছে তা ফেরত আসবে না।
answer-label = আপনার উত্তর
answer-how = এটি লেখা হিসেবে ক্লিপের পাশে রাখা হবে, আর ভিডিও সেবায় পাঠানো হবে। এতে ক্রেডিট খরচ হতে পারে।
refine-label = কী অন্যরকম হবে?
refine-how = এটি লেখা হিসেবে ইনবক্সে রাখা হবে, আর ফিল্মের নতুন একটি সংস্করণ তৈরি হবে। এতে ক্রেডিট খরচ হতে পারে।
pause-how = থামানো থাকলে নতুন কোনো বার্তা পাঠানো হয় না, নতুন কোনো খরচও হয় না।
asked-done = dakbox কাজটি করেছে।
asked-refused = dakbox কাজটি করেনি। সে বলেছে:
asked-noted = লিখে রাখা হলো। dakbox এখনও উত্তর দেয়নি।
wrote-answer = আপনার উত্তর ইনবক্সে রাখা হয়েছে। কয়েক সেকেন্ডের মধ্যে dakbox তা নেবে।
wrote-refine = আপনার লেখা ইনবক্সে রাখা হয়েছে। কয়েক সেকেন্ডের মধ্যে dakbox তা নেবে।
not-written = আপনার লেখা ইনবক্সে রাখা যায়নি। হয়তো সেখানে আগেই একটি আছে, বা শেয়ারটি পাওয়া যাচ্ছে না।
not-sure = কিছু পাঠানো হয়নি: আরও একবার ক্রেডিট খরচ হতে পারে, আগে সেই ঘরে টিক দিন।
no-words = কিছু লেখা হয়নি, তাই কিছু করা হয়নি।
too-many-words = আপনার লেখা ৬৪ KB-র চেয়ে বড়। কয়েকটি লাইনই যথেষ্ট।
name-too-long = নামটি এত লম্বা যে তার পাশে কোনো লেখা রাখা যায় না। ব্রাউজারে প্রকল্পটি খুলে এগিয়ে যান।
not-known = ফোল্ডারগুলো সাড়া দিচ্ছে না। আপনার লেখা ইনবক্সে রাখা হয়েছে কি না এখনও জানা নেই। আবার লেখার আগে সেখানে দেখুন।
not-asked = কিছু লেখা হয়নি: কাজটি এর মধ্যে বদলে গেছে। এখন এখানে যা আছে তা দেখুন।
words-unfit = কিছু লেখা হয়নি: এই কথাগুলো এভাবে পাঠানো যায় না। প্রথম লাইনে কোলন দেওয়া নাম থাকলে তা সেটিং হিসেবে পড়া হয়।
answer-lies = কিছু লেখা হয়নি: এই নামের অন্য একটি উত্তর ইনবক্সে আছে, আর তা নেওয়া হয়নি। সেটি দেখুন, বা মুছে দিন।
text-lies = একই লেখা আগে থেকেই ইনবক্সে আছে। তা একবারই নেওয়া হবে।

# সব কাজ।
all-jobs = সব
no-jobs = একটিও নেই।
col-job = কাজ
col-state = অবস্থা
col-name = ক্লিপ
col-reason = কারণ
col-changed = বদলেছে
newer = নতুনগুলো
older = পুরোনোগুলো

# হিসাব।
figures-of = গত ৩০ দিন।
chart-credits = দিনে কত ক্রেডিট
chart-clips = দিনে কত ক্লিপ
chart-steps = প্রতিটি ধাপের সময়: অর্ধেক, আর দশটির নয়টি, যত সময়ে হয়েছে
chart-none = এই দিনগুলোতে কিছু নেই।
chart-failures = ক্লিপ কেন হয়নি
col-day = দিন
col-credits = ক্রেডিট
col-delivered = তৈরি
col-failed = হয়নি
col-step = ধাপ
col-half = অর্ধেক
col-most = দশে নয়
col-times = বার
name-session = প্রকল্প খোলা
name-upload = আপলোড
name-instruct = বার্তা
name-observe = ফল দেখা
name-export = এক্সপোর্ট
name-fetch = ফিল্ম আনা
name-deliver = পৌঁছে দেওয়া
name-tidy = গুছিয়ে রাখা

# অবস্থা।
fact-folders = ফোল্ডার
fact-inbox = ইনবক্স যেভাবে দেখা হয়
fact-queue = কাজ
fact-account = ক্রেডিট
fact-token = টোকেন
fact-version = সংস্করণ
folder-inbox = ইনবক্স
folder-outbox = আউটবক্স
folder-archive = আর্কাইভ
folder-failed = না-হওয়া ক্লিপ
mount-at = { $place }: { $kind }, { $mode }।
mount-missed = { $count }টি ফাইলের কথা জানানো হয়নি।
looked = পুরোটা শেষ দেখা হয়েছে { $ago }।
not-looked-yet = এখনও দেখা হয়নি।
queue-working = কাজ চলছে: { $count }টি।
queue-queued = এরপর: { $count }টি।
queue-waiting = অপেক্ষায়: { $count }টি।
account-credits = খরচ করা যাবে { $credits }, চলমান কাজের জন্য রাখা আছে { $frozen }।
account-unknown = এখনও জানা হয়নি।
token-file = সেটিংসে বলা ফাইল থেকে, লেখা হয়েছে { $ago }।
token-anonymous = নামহীন অ্যাকাউন্ট। টোকেন আনা হয়েছে { $ago }, আরও { $left } চলবে।
    .or = নামহীন অ্যাকাউন্ট। টোকেন আনা হয়েছে { $ago }।
token-other = পরিবেশ থেকে, অথবা এখনও কোনোটি লাগেনি।
version = dakbox { $version }

# ভেতরে ঢোকা।
login-heading = এই পাতার টোকেন লাগবে
login-label = টোকেন
login-how = যিনি দেখাশোনা করেন তাঁর কাছে আছে। এই ব্রাউজারে ৩০ দিন আর চাইবে না।
login-wrong = টোকেনটি ঠিক নয়।
