# المنطقة ومجتمع واحد وكلمات صفحات القراءة
days =
    { $n ->
        [one] يوم واحد
        [two] يومان
        [few] { $n } أيام
        [many] { $n } يومًا
       *[other] { $n } يوم
    }
minutes =
    { $n ->
        [one] دقيقة واحدة
        [two] دقيقتان
        [few] { $n } دقائق
       *[other] { $n } دقيقة
    }
part-of = { $part } من { $all }
pieces-of-item = { $n } × { $item }
amount-of-item = { $amount } من { $item }
nothing-known = لا شيء معروف
take-away = خذ هذا الجدول معك:
take-away-sheet = جدول حسابي
col-what = ماذا
col-how-much = كم
col-from = من
col-to = إلى
col-why = لماذا
col-look = انظر
col-when = متى
col-day = اليوم
col-place = المكان
col-store = المخزن
col-community = المجتمع
col-stands = الحال
col-lasts = يكفي
col-keep = ما نحتفظ به
col-on-hand = الموجود الآن
col-free = يمكن إعطاؤه
col-set-aside = محجوز
col-coming = قادم
col-as-of = آخر قيد
col-good-until = صالح حتى

region-has-food =
    { $n ->
        [one] لدى { $place } طعام يكفي يومًا واحدًا.
        [two] لدى { $place } طعام يكفي يومين.
        [few] لدى { $place } طعام يكفي { $n } أيام.
        [many] لدى { $place } طعام يكفي { $n } يومًا.
       *[other] لدى { $place } طعام يكفي { $n } يوم.
    }
region-has-water =
    { $n ->
        [one] لدى { $place } ماء يكفي يومًا واحدًا.
        [two] لدى { $place } ماء يكفي يومين.
        [few] لدى { $place } ماء يكفي { $n } أيام.
        [many] لدى { $place } ماء يكفي { $n } يومًا.
       *[other] لدى { $place } ماء يكفي { $n } يوم.
    }
region-low-food = لدى { $place } طعام أقل مما ينبغي أن يحتفظ به.
region-low-water = لدى { $place } ماء أقل مما ينبغي أن يحتفظ به.
region-can-help = يستطيع { $helper } المساعدة.
region-help-agreed = وعد { $helper } بالمساعدة.
region-no-help-yet = لم توجد بعد طريقة للمساعدة.
region-one-thing = لدى الجميع ما يكفي من الطعام والماء. ينقص { $place } { $item }: يكفي { $days }.
region-one-thing-short = لدى الجميع ما يكفي من الطعام والماء. ينقص { $place } { $item }.
region-thing-days = ينقص { $place } { $item }: يكفي { $days }.
region-thing = ينقص { $place } { $item }.
region-nothing-counted = لا يُعرف هنا أي جرد بعد. ابدأ بالجرد.
region-nobody-heard = لا أخبار من أحد منذ مدة، وما يُعرف أقدم من أن يُعتمد عليه.
region-no-food-counted = لا يُعرف شيء بعد عن الطعام والماء. جردت { $counted } من { $of } مجتمعات أشياء أخرى.
region-unclear = لا ينقص شيء أحدًا ممن وصلت أخبارهم، لكن لا يُعرف ما يكفي عن { $unknown } من { $of } مجتمعات.
region-silent =
    { $others ->
        [0] كل من وصلت أخبارهم لديهم ما يكفي. لا أخبار من { $place } منذ مدة.
        [one] كل من وصلت أخبارهم لديهم ما يكفي. لا أخبار من { $place } ومجتمع آخر منذ مدة.
        [two] كل من وصلت أخبارهم لديهم ما يكفي. لا أخبار من { $place } ومجتمعين آخرين منذ مدة.
       *[other] كل من وصلت أخبارهم لديهم ما يكفي. لا أخبار من { $place } و{ $others } غيره منذ مدة.
    }
region-everyone-days =
    { $n ->
        [one] لدى الجميع طعام يكفي يومًا واحدًا أو أكثر.
        [two] لدى الجميع طعام يكفي يومين أو أكثر.
        [few] لدى الجميع طعام يكفي { $n } أيام أو أكثر.
        [many] لدى الجميع طعام يكفي { $n } يومًا أو أكثر.
       *[other] لدى الجميع طعام يكفي { $n } يوم أو أكثر.
    }
region-everyone = لدى الجميع ما يكفي من الطعام والماء.
region-none-yet = ليس لهذا الحاسوب منطقة بعد.
status-uncounted = لم يُجرد بعد
region-lead-days = { $enough } من { $of } مجتمعات لديها طعام يكفي { $n } يومًا أو أكثر.
region-lead = { $enough } من { $of } مجتمعات لديها ما يكفي من الطعام.
region-map = المنطقة
region-map-desc = { $n } مجتمعات وطرقها وما اقتُرح أو وُعد به بينها.
region-map-note = طعام يكفي { $food }، ماء يكفي { $water }
region-map-note-food = طعام يكفي { $food }
region-col-what = ماذا
region-col-stands = الحال
region-col-more = المزيد
region-hub = مركز مشترك
region-route-closed = مغلق
region-route-note = { $km } كم، { $minutes } دقيقة
region-suggested = مقترح
region-least = من لديه الأقل
region-worst = الأدنى:
region-bars-note = تبيّن الأشرطة أيام الطعام. العلامة عند { $n } يومًا.
region-just-now = ما حدث للتو
region-quiet = لا جديد بعد.
region-suggestions = ما يمكن إرساله
region-worked-out = حُسب
region-no-suggestions = لا حاجة إلى إرسال شيء الآن: لا أحد دون ما يحتفظ به، أو لا أحد لديه ما يعطيه.
region-still-thinking = يجري الحساب.
region-more-suggestions =
    { $n ->
        [one] اقتراح واحد آخر
        [two] اقتراحان آخران
        [few] { $n } اقتراحات أخرى
       *[other] { $n } اقتراحًا آخر
    }
region-why = لماذا هذا؟
region-you-could = يمكنكم إرسال { $what } إلى { $to }
region-look-and-decide = انظر وقرر
region-food-median = الطعام (لدى النصف أكثر)
region-water-median = الماء (لدى النصف أكثر)
region-food = الطعام
region-water = الماء
region-enough-of = { $part } من { $all } لديهم ما يكفي
region-have-enough = مجتمعات لديها ما يكفي
region-in-touch = مجتمعات على اتصال
region-in-touch-note = انظر من سُمع ومتى
region-open-transfers = إرساليات جارية
region-on-the-way =
    { $n ->
        [0] لا شيء لكم في الطريق
        [one] واحدة لكم في الطريق
        [two] اثنتان لكم في الطريق
       *[other] { $n } لكم في الطريق
    }
region-history = الطعام في { $place } عبر الزمن
region-history-desc = كم يومًا كان الطعام في { $place } سيكفي في كل يوم.
region-curve-desc = من { $from } في { $since } إلى { $to } الآن.
region-keeps = ما نحتفظ به: { $days }
mode-road = طريق
mode-rail = قطار
mode-shuttle = حافلة نقل
mode-water = قارب
mode-wire = خط كهرباء
mode-pipe = أنبوب
mode-fibre = خط بيانات
because-must-have = طلبه { $to }: تتوقف عليه أرواح
because-asked = طلبه { $to }
because-spoiling = سيتلف في { $from }
because-cover = في { $to } يكفي الآن { $before } يومًا، وبعدها { $after }
because-less-than-a-day = يضيف أقل من يوم: في { $to } يكفي { $days }
because-less = لدى { $to } أقل مما ينبغي أن يحتفظ به

did-count = عدّ { $who } { $what }
did-take-in = أدخل { $who } { $what }
did-lose = خسر { $who } { $what }
did-correct = صحّح { $who } قيدًا عن { $item }
did-hold = عزل { $who } { $item } كي لا يُستعمل
did-recall = استرجع { $who } { $item }
did-need = يحتاج { $who } { $what }
did-offer = يعرض { $who } { $what }
did-promise = وعد { $who } بـ { $what } إلى { $other }
did-accept = وافق { $who } على { $what } من { $other }
did-decline = رفض { $who } { $what } من { $other }
did-counter = يفضّل { $who } شيئًا آخر بدل { $what } من { $other }
did-object = يعترض { $who } على { $what } من { $other }
did-withdraw = تراجع { $who } عن وعده بـ { $what } إلى { $other }
did-send = أرسل { $who } { $what } إلى { $other }
did-receive = استلم { $who } { $what } من { $other }
did-adopt = يعمل { $who } بملف منطقة جديد
did-recover = أعطى أمينان من { $who } شخصًا رمز دخول جديدًا

community-lead =
    { $n ->
        [one] يعيش هنا شخص واحد.
        [two] يعيش هنا شخصان.
        [few] يعيش هنا { $n } أشخاص.
       *[other] يعيش هنا { $n } شخص.
    }
community-unknown = لا يُعرف شيء بعد عن الطعام في { $place }
community-enough = لدى { $place } ما يكفي من الطعام
community-heard = آخر خبر
community-yours = مجتمعكم
community-watch = ما يوشك أن ينفد
community-all-stock =
    { $n ->
        [one] شيء واحد في المخزون
        [two] شيئان في المخزون
        [few] كل ما في المخزون: { $n } أشياء
       *[other] كل ما في المخزون: { $n } شيئًا
    }
community-nothing-short = لا شيء يوشك أن ينفد.
community-needs = الاحتياجات
community-no-needs = لا شيء مطلوب الآن.
community-by = حتى
community-offers = العروض
community-no-offers = لا شيء معروض الآن.
community-take-please = خذوه من فضلكم
community-until = حتى
community-no-transfers = لا شيء جارٍ بين هذا المجتمع وغيره.
community-hubs = مراكز مشتركة في رعايته
community-see-stock = انظر المخزون
did-close-route = { $who }: الطريق { $route } { $how }
did-open-route = { $who }: الطريق { $route } مفتوح من جديد
did-pause = { $who }: لا يُعطى { $item } مدةً
did-enough = لا يريد { $who } مزيدًا من { $item } لفترة
did-wish = قال { $who } كم يهمّه { $item }
did-ask-count = { $who } يطلب من { $other } إعادة عدّ { $item }
region-routes-left-out = رُسمت أقرب الطرق وما يُستعمل منها؛ وتصل { $n } غيرها بين الأماكن مباشرة.
region-arrows-left-out =
    { $n ->
        [one] واحدة أخرى في الجدول فقط.
        [two] اثنتان أخريان في الجدول فقط.
       *[other] { $n } غيرها في الجدول فقط.
    }
days-over-a-year = أكثر من سنة
region-lead-in-touch = { $part } من { $of } مجتمعات على اتصال.
region-last-heard = آخر خبر من { $place }:
region-never-heard = لم يصل خبر من { $place } قط
region-never = لم يصل خبر قط
region-not-heard = لا خبر منهم اليوم
region-more-silent =
    { $n ->
        [one] مجتمع آخر
        [two] مجتمعان آخران
        [few] { $n } مجتمعات أخرى
       *[other] { $n } مجتمعًا آخر
    }
not-for-guests = لا يُعرض للضيوف
not-for-guests-note = لا تُعرض المقادير وعدد الأيام للضيوف.
because-agreed = متفق عليه مع { $to } ليوم { $day }، عطاءً منتظمًا
did-propose-standing = اقترح { $who } عطاءً منتظمًا على { $other }
did-agree-standing = وافق { $who } على عطاء منتظم مع { $other }
did-decline-standing = قال { $who } لا لعطاء منتظم مع { $other }
did-end-standing = أنهى { $who } عطاءً منتظمًا مع { $other }
