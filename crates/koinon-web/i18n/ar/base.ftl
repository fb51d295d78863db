# إطار كل صفحة والكلمات المشتركة.
skip-to-content = انتقل إلى المحتوى
nav-main = الأقسام الرئيسية
nav-more = المزيد
nav-region = المنطقة
nav-stock = المخزون
nav-count = الجرد
nav-needs = الاحتياجات
nav-transfers = الإرساليات
nav-checks = هل الحساب مضبوط؟
nav-touch = المجتمعات المتصلة
nav-operator = لمشغّل الجهاز
nav-crumbs = أين أنت
sign-in = الدخول
language = اللغة
theme = فاتح أو داكن
theme-auto = تلقائي
theme-light = فاتح
theme-dark = داكن
settings-apply = حسنًا
demo-label = عرض تجريبي
demo-banner = هذا عرض تجريبي. لا تُنقل هنا بضائع حقيقية.
demo-day = اليوم { $n }
demo-see-as = شاهده بعين
demo-switch = بدّل
foot-promise = ملكٌ للجميع. كل مجتمع يمسك دفتره بنفسه.
waiting-to-send = قيود تنتظر الإرسال على هذا الجهاز:
waiting-others = قيود شخص آخر تنتظر على هذا الجهاز، وتُرسل حين يدخل ذلك الشخص:
waiting-sign-in = ادخل لإرسالها.
waiting-look = انظر إليها.
waiting-refused = قيود يجب النظر فيها:
waiting-title = ما ينتظر على هذا الجهاز
waiting-lead = سُجّلت هذه القيود على هذا الجهاز ولم تُكتب بعد. ما لا ملاحظة عليه يُرسل من تلقاء نفسه.
waiting-none = لا شيء ينتظر على هذا الجهاز.
waiting-why = لم يقبل حاسوب المجتمع هذا القيد كما هو. ربما تغيّرت الصفحة أو انتهت مهمتك. سجّله من جديد في صفحته ثم تخلّص من هذا.
waiting-asked = يسأل حاسوب المجتمع عن شيء في هذا القيد قبل أن يقبله.
waiting-answer = أجب
waiting-again = أرسل من جديد
waiting-open = افتح صفحته
waiting-away = تخلّص منه
waiting-really = تخلّص منه حقًا
waiting-no-script = تحتاج هذه القائمة إلى النصوص البرمجية لأن القيود على هذا الجهاز وحده.
kept-page = لا اتصال. هذه هي الصفحة كما كانت في { $date }، { $time }، وقد تكون الكميات تغيّرت منذ ذلك. ما تكتبه يبقى على هذا الجهاز حتى يمكن إرساله.
offline-title = لا اتصال بحاسوب المجتمع
offline-lead = هذه الصفحة تحتاج إلى اتصال. ما كتبته محفوظ على هذا الجهاز ويُرسل حين يعود الاتصال.
offline-count = واصل العدّ

# الحالة: علامة وكلمة ولون
status-enough = كافٍ
status-watch = انتباه
status-short = نقص
status-unheard = لا خبر

# أجزاء الصفحات
table-all = أظهر كل شيء
show-as-table = اعرضه جدولًا
pad-label = مفاتيح الأرقام
pad-back = احذف رقمًا
steps-done = تمّ
steps-now = الآن
steps-ahead = لم يأتِ بعد
steps-halted = متوقف
field-optional = غير مطلوب
notice-good = تمّ
notice-info = ملاحظة
notice-watch = انتباه
notice-bad = مشكلة
print = اطبع
updates-live = يتحدّث وحده

# الأعمار
age-now = الآن
age-minutes =
    { $n ->
        [zero] الآن
        [one] منذ دقيقة
        [two] منذ دقيقتين
        [few] منذ { $n } دقائق
        [many] منذ { $n } دقيقة
       *[other] منذ { $n } دقيقة
    }
age-hours =
    { $n ->
        [zero] الآن
        [one] منذ ساعة
        [two] منذ ساعتين
        [few] منذ { $n } ساعات
        [many] منذ { $n } ساعة
       *[other] منذ { $n } ساعة
    }
age-days =
    { $n ->
        [zero] اليوم
        [one] أمس
        [two] منذ يومين
        [few] منذ { $n } أيام
        [many] منذ { $n } يومًا
       *[other] منذ { $n } يوم
    }

# الكميات
unit-g = { $amount } غم
unit-kg = { $amount } كغم
unit-t = { $amount } طن
unit-ml = { $amount } مل
unit-l = { $amount } لتر
unit-m3 = { $amount } م³
unit-wh = { $amount } و.س
unit-kwh = { $amount } ك.و.س
unit-mwh = { $amount } م.و.س
unit-piece =
    { $n ->
        [zero] { $amount } قطعة
        [one] قطعة واحدة
        [two] قطعتان
        [few] { $amount } قطع
        [many] { $amount } قطعة
       *[other] { $amount } قطعة
    }
unit-person-minute =
    { $n ->
        [zero] { $amount } دقيقة عمل
        [one] دقيقة عمل واحدة
        [two] دقيقتا عمل
        [few] { $amount } دقائق عمل
        [many] { $amount } دقيقة عمل
       *[other] { $amount } دقيقة عمل
    }
unit-person-hour =
    { $n ->
        [zero] { $amount } ساعة عمل
        [one] ساعة عمل واحدة
        [two] ساعتا عمل
        [few] { $amount } ساعات عمل
        [many] { $amount } ساعة عمل
       *[other] { $amount } ساعة عمل
    }
unit-bed-day =
    { $n ->
        [zero] { $amount } سرير ليوم
        [one] سرير واحد ليوم
        [two] سريران ليوم
        [few] { $amount } أسرّة ليوم
        [many] { $amount } سريرًا ليوم
       *[other] { $amount } سرير ليوم
    }

# ما أصاب الحاسوب نفسه
alarm-damage = بعض المحفوظ على هذا الحاسوب تالف، فقد تكون الأرقام خاطئة. على من يشغّله أن ينظر فيه اليوم: koinon doctor.
alarm-read-only = يمكن القراءة من هذا الحاسوب، لكن لا يمكن إدخال شيء. على من يشغّله أن ينظر فيه اليوم: koinon doctor.
alarm-disk = قرص هذا الحاسوب ممتلئ: يمكن قراءة ما فيه، لكن لا يمكن إدخال شيء حتى يتوفر مكان.
alarm-clock = ساعة هذا الحاسوب خاطئة على الأرجح: تقول { $today }، وأحدث إدخال من { $newest }. على من يشغّله أن يضبطها.
alarm-certificate = تنتهي شهادة هذا الحاسوب في { $date }، وبعدها لا يفتح صفحاته أي جهاز. على من يشغّله أن يجددها: koinon certificate renew.
alarm-authority = تنتهي سلطة شهادات المجتمع في { $date }، وبعدها لا يفتح هذه الصفحات أي جهاز. على من يشغّل هذا الحاسوب أن ينشئ سلطة جديدة، وعلى كل جهاز أن يثق بها من جديد.
alarm-first-view = ما عرضته { $name } على هذا الحاسوب في البداية، من { $date } الساعة { $time }، ليس ما تقوله القيود: كان رقم التحقق { $theirs } وهو هنا { $ours }. القيود هي التي تُحتسب، وهي ما تراه الآن. على من يشغّله أن ينظر فيه اليوم: koinon doctor.
alarm-first-view-short = عرضت { $name } على هذا الحاسوب في البداية، من { $date } الساعة { $time }، ما صُنع من قيود لم تصل قط (رقم التحقق { $theirs }). القيود الموجودة هنا هي التي تُحتسب، وهي ما تراه الآن. على من يشغّله أن ينظر فيه اليوم: koinon doctor.
first-view-shown = نظرة أولى من { $name }، من { $date } الساعة { $time }. جرى التحقق هنا من { $part } من { $all } قيد. وحتى تكتمل، تعرض هذه الصفحة ما حسبته { $name }.
first-view-silent = لا تعرض عن { $place } شيئًا أحدث من { $date } الساعة { $time }: ربما تغيّرت الكميات هناك منذ ذلك الحين.
first-view-old = إنها قديمة: لا شيء فيها أحدث من { $newest } الساعة { $hour }، ولا شيء عن { $place } أحدث من { $date } الساعة { $time }. ربما تغيّرت الكميات منذ ذلك الحين.
first-view-coming = نظرة أولى من { $name } في الطريق: وصل { $percent } ٪ منها. وحتى ذلك الحين لا يُرى هنا إلا القليل.

# عندما يحدث خطأ
problem-bad-request = تعذّرت قراءة هذا
problem-unauthorized = سجّل الدخول أولًا من فضلك
problem-forbidden = هذا ليس لك أن تراه أو تفعله
problem-not-found = لا شيء هنا
problem-conflict = تغيّر شيء في هذه الأثناء
problem-too-large = هذا كبير جدًّا
problem-unprocessable = بعض هذا لا يمكن أن يكون صحيحًا
problem-too-many = محاولات كثيرة
problem-unavailable = غير ممكن الآن
problem-internal = حدث خطأ من جهتنا
problem-slow = استغرق هذا وقتًا طويلًا
problem-slow-detail = لم يصل ما أُرسل في الوقت المناسب. حاول مرة أخرى، وأرسل أقل دفعة واحدة إن كان الخط ضعيفًا.
problem-misdirected = لهذا الحاسوب اسم آخر
problem-misdirected-detail = هذا الحاسوب غير معروف باسم «{ $name }». افتحه بالعنوان الذي أظهره عند تشغيله. ويمكن لمن يشغّله إضافة اسم: koinon serve --name NAME.
problem-crowded = الاتصالات المفتوحة كثيرة جدًّا. حاول مرة أخرى بعد عشر ثوانٍ.
problem-crowded-address = الاتصالات المفتوحة من جهازك أو شبكتك كثيرة جدًّا. أغلق صفحات أخرى لهذا الحاسوب أو حاول مرة أخرى بعد عشر ثوانٍ.
problem-crowded-live = صفحات كثيرة جدًّا تنتظر التغييرات. هذه الصفحة تعمل؛ افتحها من جديد لترى الجديد.
problem-not-found-detail = ربما كُتب العنوان خطأ أو نُقلت الصفحة.
problem-back = العودة إلى الصفحة الأولى
part-lines = أجزاء القائمة
part-shown = السطور { $first } إلى { $last } من { $of }
part-before = السابقة
part-after = التالية
hands-this = أخبر { $by } الجميع بأن هذا الحاسوب في أيد أخرى، ولا يعطونه شيئا. اتصلوا بهم. وإن كان الأمر كذلك فبدّلوا مفتاحه.
hands-ours = يقال إن حاسوب { $whose } في أيد أخرى. لا نعطيه شيئا ولا نأخذ منه شيئا حتى يكون له مفتاح جديد. وما تحتاجه { $whose } ما زال معروضا: اسألوا هناك بالهاتف قبل الإرسال. قال ذلك: { $by }.
hands-theirs = يقول { $by } إن حاسوب { $whose } في أيد أخرى. اتصلوا بـ { $whose }. وإن كان كذلك فمن يعتني بحاسوبنا يوقف التبادل معه.
