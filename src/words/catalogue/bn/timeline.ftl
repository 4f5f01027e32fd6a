# ফিল্মের টাইমলাইন: এক লাইনে, আর ছোট একটি তালিকায়।

timeline = টাইমলাইন ({ $count }টি ট্র্যাক)
track-video = ভিডিও
track-audio = সুর
track-text = লেখা
track-other = অন্য কিছু
range = { $from }-{ $to } সেকেন্ড
lasts = { $long } সেকেন্ড
volume = { $percent }%
more-pieces = আরও { $more }টি
words = “{ $words }”
