//! The table: words that ask, and words that are only polite, in English, Chinese and Bangla.

/// Courtesies, with a question mark or without.
pub(super) const EN_OFFERS: &str = "anything else|any other|something else|any changes|any further|further edit|further change|\
    further adjust|other changes|more changes|more edits|other edits|other adjust|how does it look|how does that|how is that|\
    what do you think|do you like it|like how|are you happy|are you satisfied|happy with|want to export|like to export|\
    like me to export|ready to export|shall i export|should i export|want me to export|to download|need any|any tweaks|\
    any questions|what's next|what is next|want to make|how can i help|how may i help|can i help|assist you|\
    sound good|looks good|does this work|does that work|feel free";
/// Courtesies that are none in a question.
pub(super) const EN_CLOSING: &str = "let me know if you|if you'd like|if you would like|if you want|if you need|if there is|\
    if there's|if anything|if something|just tell me|just ask|just let me know|let me know how|thank you|thanks|enjoy|\
    you're welcome|hope you|have fun|see you|happy to help|glad to";
/// Requests to say something.
pub(super) const EN_REQUESTS: &str = "please tell me|please let me know|please specify|please confirm|please provide|\
    please clarify|please share|please choose|please pick|please describe|please answer|please give me|please send me|\
    please say|let me know which|let me know what|let me know whether|let me know where|let me know who|let me know when|\
    let me know your|let me know the|let me know if i should|let me know if the|tell me which|tell me what|tell me whether|\
    tell me where|tell me how|tell me the|i need to know|i need more|i need a bit more|i'd need to know|could you tell|\
    could you share|could you specify|could you clarify|i'm not sure which|i am not sure which|i'm not sure what you|\
    waiting for your answer|waiting for your reply|which one would you|\
    please indicate|please select|please enter|please type|please reply with|please decide|please name|please upload|please attach|\
    kindly tell|kindly specify|kindly provide|kindly confirm|kindly choose|kindly share|tell me who|tell me when|tell me if|tell me your|\
    what i still need|i still need|i need your|i need to understand|waiting for you to|waiting on your";
/// Requests that begin as a courtesy does.
pub(super) const EN_SURE: &str = "let me know how long|let me know how many|let me know how much|let me know how loud|\
    let me know how big|let me know how fast|let me know how you want|let me know if you prefer|let me know if you mean|\
    let me know whether you|let me know which|let me know what you would like the|let me know what you'd like the";
/// Beginnings of a question, with its mark or without.
pub(super) const EN_STARTS: &str = "would you like|would you prefer|would you rather|do you want|do you prefer|do you mean|\
    did you mean|should i|should the|shall i|may i|is it ok if|is it okay if|can you tell me|can you share|can you confirm|can you clarify|\
    could you|which one|which of|are you looking for";
/// A word of these at the beginning asks, together with one of those below.
pub(super) const EN_ASKED: &str =
    "which|what|where|when|how|who|whose|in which|in what|at which|for which|from which";
pub(super) const EN_YOU: &str =
    " do you | should i | should the | should it | would you | did you | shall i | are you ";

pub(super) const ZH_CLOSING: &str = "还需要|还有什么|还有其他|其他需要|其他修改|别的需要|如需|如有|如果需要|如果您想|如果你想|\
    如果您需要|如果有|有任何|随时|需要修改|需要调整|满意吗|是否满意|有问题|有什么问题|请您欣赏|请您查看|请您放心|请您稍|请先查看|请先预览|觉得怎么样|觉得如何|要导出|导出吗|需要导出|继续修改|帮您的|\
    帮到您|帮助|效果如何|喜欢吗|可以吗|祝您|谢谢|感谢";
pub(super) const ZH_TELL: &str = "请告诉我|请告知|请说明|请提供|请确认|请选择|请问|请指定|请描述|请回复|告诉我哪|告诉我您|\
    告诉我你|需要知道|请给出|请输入|请补充|请上传|请明确|请先|请您|麻烦告诉|麻烦您告诉|麻烦提供|麻烦您提供|麻烦确认|麻烦您确认|\
    要不要我|是否需要我|需不需要我|是否要我|能否告诉|能不能告诉|可否告诉|等待您的回复|等您的回复|等您回复|想知道您|想知道你|需要您确认|需要你确认|需要您提供";
pub(super) const ZH_YOU: &str =
    "您希望|你希望|您想|你想|您要|你要|您需要|你需要|您喜欢|你喜欢|您更|你更|您指的|你指的";
pub(super) const ZH_ASKED: &str = "哪|什么|多少|怎样|怎么|如何|几|还是|多长|多久|谁";

pub(super) const BN_CLOSING: &str = "আর কিছু|আরও কিছু|আরো কিছু|আর কোনো|আর কোন পরিবর্তন|কোনো পরিবর্তন|অন্য কিছু|অন্য কোনো|\
    কেমন লাগল|কেমন হয়েছে|কেমন লাগছে|এক্সপোর্ট করতে চান|এক্সপোর্ট করব|ডাউনলোড করতে চান|পছন্দ হয়েছে|সাহায্য|ধন্যবাদ|\
    কোনো সমস্যা|প্রয়োজন হলে|দরকার হলে|মতামত|ঠিক আছে তো|ভালো লেগেছে";
/// A word of these asks, together with one of those below.
pub(super) const BN_ASKED: &str = "কোন|কোনটি|কোনটা|কোনগুলো|কি|কী|কত|কতটা|কতটুকু|কতক্ষণ|কোথায়|কোথা|কখন|কবে|কীভাবে|কিভাবে|কেমন|\
    কে|কাকে|কার|কয়|কয়টি|কিসের|নাকি|কতগুলো";
pub(super) const BN_TELL: &str = "জানাবেন|জানান|বলুন|বলবেন|লিখুন|লিখবেন|জানাও|বলো|জানালে";
pub(super) const BN_ENDS: &str = "চান|চাইছেন|চাচ্ছেন|হবে|বসাব|বসাবো|দেব|দেবো|দিব|করব|করবো|রাখব|রাখবো|লাগবে|পছন্দ|চাও|বোঝাচ্ছেন|নেব|\
    উচিত|ব্যবহার|যাব|যাবো|এগোব|এগোবো|বদলাব|কাটব|সরাব|জুড়ব";
/// What makes a request of a word that tells.
pub(super) const BN_POLITE: &str = "দয়া করে|অনুগ্রহ করে|প্লিজ|প্লীজ";
/// What one is asked to tell.
pub(super) const BN_OF: &str = "নাম|রঙ|রং|ভাষা|সময়|দৈর্ঘ্য|শিরোনাম|লেখা|ধরন|মাপ";
/// Behind such a word nothing is asked: it is told only if somebody wants to.
pub(super) const BN_IF: &str = "চাইলে|হলে|লাগলে|থাকলে|দেখে|পেলে";
