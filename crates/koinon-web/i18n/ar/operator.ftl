# لمن يرعى حاسوب المجتمع.
operator-lead = أعمال تجري من تلقاء نفسها، والجيران، والمساحة، والنسخ.
operator-well = حاسوب المجتمع بخير
operator-bad = لا يمكن تدوين شيء الآن
operator-look =
    { $n ->
        [one] أمر واحد يحتاج إلى نظر
        [two] أمران يحتاجان إلى نظر
        [few] { $n } أمور تحتاج إلى نظر
       *[other] { $n } أمرًا يحتاج إلى نظر
    }
operator-stopped = توقفت الكتابة. افحص القرص ثم شغّل koinon من جديد.
operator-stopped-by = سبب توقف الكتابة
operator-disk-low = بقي { $n } ميبي بايت فقط. أفسح مكانًا قبل أن تُرفض القيود.
operator-waiting = قد تكون البيانات قديمة: يجب سؤال { $n } من الجيران قبل الوعد بشيء. انتظر أو أكّد أن شيئًا لا ينقص.
operator-clock-differs = ساعة { $name } تختلف بمقدار { $n } ثانية. اضبط إحداهما.
operator-job-fails = { $job } يفشل. السبب في قائمة الأعمال.
operator-certificate-ends = تنتهي الشهادة خلال { $n ->
        [zero] أقل من يوم
        [one] يوم واحد
        [two] يومين
        [few] { $n } أيام
        [many] { $n } يومًا
       *[other] { $n } يوم
    } ولم تتجدد وحدها. نفّذ koinon certificate renew.
operator-authority-ends = تنتهي سلطة الشهادات خلال { $n ->
        [zero] أقل من يوم
        [one] يوم واحد
        [two] يومين
        [few] { $n } أيام
        [many] { $n } يومًا
       *[other] { $n } يوم
    }. اختر يومًا لسلطة جديدة: koinon certificate renew --new-authority؛ وعلى كل جهاز أن يثق بها من جديد، ويحتاج كل جار إلى بطاقة جديدة.
operator-certificate = الشهادة صالحة
operator-days =
    { $n ->
        [zero] أقل من يوم
        [one] يوم واحد
        [two] يومين
        [few] { $n } أيام
        [many] { $n } يومًا
       *[other] { $n } يوم
    }
operator-no-plan = لا يمكن وضع اقتراحات. السبب في قائمة الأعمال.
operator-doubts = { $n } قيود تناقض غيرها أو لا موضع لها. شغّل koinon check.
operator-no-backup = لا تُعرف نسخة احتياطية. اصنع واحدة بـ koinon backup واحفظها في مكان آخر.
operator-old-backup = عمر آخر نسخة احتياطية أكثر من أسبوع. اصنع واحدة جديدة بـ koinon backup.
operator-for-keepers = الأسباب والعناوين والناس لمن يرعون هذا الحاسوب.
operator-jobs = أعمال تجري من تلقاء نفسها
operator-job = العمل
operator-state = الحال
operator-last-done = آخر مرة
operator-waits = بخير
operator-works = يعمل
operator-fails = يفشل
operator-neighbours = الجيران
operator-neighbour = الجار
operator-answer = أجابوا آخر مرة
operator-no-neighbours = لا جار في القائمة بعد. اصنع بطاقة بـ koinon peer card.
operator-asked-us = سألنا
operator-behind = قيود لم تصل بعد
operator-clock = تقدم الساعة
operator-seconds = { $n } ث
operator-address = العنوان
operator-asks-us-only = يسألنا فقط
operator-computer = هذا الحاسوب
operator-version = الإصدار
operator-speaks-for = يكتب عن
operator-safety-copy = لا أحد؛ نسخة أمان
operator-mark = علامته
operator-time = وقته
operator-store = مخزن البيانات
operator-snapshot = آخر لقطة:
operator-none-yet = لا شيء بعد
operator-disk = الفارغ على القرص
operator-of = من { $whole }
operator-backup = آخر نسخة احتياطية
operator-kib = { $n } كيبي بايت
operator-mib = { $n } ميبي بايت
operator-gib = { $n } غيبي بايت
operator-console = على الحاسوب نفسه
operator-console-lead = ما يحتاج إلى أكثر من نظرة يُعمل على الحاسوب نفسه:
me-operator = الناس والأجهزة والحاسوب
operator-forked = تابعت { $name } سجلّها بطريقتين. ما جاء بعد آخر قيد مشترك لا يُحتسب. اسألوا القائمين عليها عمّا حدث؛ وإن سُرق المفتاح بدّلوه بالأمر koinon key rotate.
operator-new-key = أعطى القائمون حاسوب { $name } مفتاحًا جديدًا. يُعتمد في { $date } الساعة { $time }. اسألوهم هل فعلوا ذلك.
operator-kept-by = من يحفظ سجلّنا غيرنا
operator-part = جزء السجلّ
operator-entries = القيود
operator-whole-at = كامل لدى
operator-here-only = هنا فقط
operator-neighbours-n = عدد الجيران: { $n }
operator-writes-nothing = لا يكتب هذا الحاسوب شيئًا خاصًا به.
operator-all-held = كل قيد محفوظ لدى جار واحد على الأقل: لا يضيع شيء مع هذا الحاسوب.
operator-held-here = قيود محفوظة هنا فقط حتى الآن: { $n }. تضيع إن ضاع هذا الحاسوب.
operator-forked-mended = تابعت { $name } سجلّها بطريقتين مرة؛ ولها مفتاح جديد منذ ذلك.
job-plan = الاقتراحات
job-certificate = الشهادة
job-database = صون قاعدة البيانات
job-disk = المكان على القرص
job-erasure = محو بيانات الأشخاص
job-exchange-all = التبادل مع الجيران
job-first-view = نظرة أولى من أحد الجيران
job-fold = حفظ السطور القديمة
job-scrub = التحقق مما هو مخزّن
job-snapshot = لقطة
job-writing = الكتابة
job-exchange = التبادل مع { $whom }
stream-control = المفاتيح
stream-federation = القيود
stream-sealed = المختوم
stream-local = ملاحظات خاصة
stream-aggregates = المجاميع
stream-stock = المخزون
operator-a-safety-copy = نسخة أمان { $mark }
operator-share = الباقي من الحصة
operator-share-used = نفدت، فهو ينتظر
operator-percent = { $n } %
