# المخزون وشيء واحد في كل مكان وبطاقة دفعة واحدة
stock-everywhere = الموجود في كل مكان
stock-at = الموجود في { $place }
stock-lead = يُعرض { $shown } من { $of }، الأسوأ أولًا.
stock-all-places = كل الأماكن
stock-kind = النوع
stock-all-kinds = كل الأنواع
stock-search = بحث
stock-only-short = ما يوشك أن ينفد فقط
stock-show = اعرض
stock-nothing = لا شيء يطابق هنا.
stock-more =
    { $n ->
        [one] صف واحد آخر؛ اختر مكانًا أو نوعًا لتراه.
        [two] صفان آخران؛ اختر مكانًا أو نوعًا لتراهما.
        [few] { $n } صفوف أخرى؛ اختر مكانًا أو نوعًا لتراها.
       *[other] { $n } صفًا آخر؛ اختر مكانًا أو نوعًا لتراها.
    }
item-by-place = حسب المكان
item-batches = الدفعات
item-batch = الدفعة
item-how-known = كيف نعرف
item-used-per-day = يُستعمل كل يوم
item-known-from = معروف من
item-observed = ما شوهد خلال { $days }
item-from-list = قائمة الاحتياجات المتفق عليها
item-last-count = آخر عدّ
item-at-risk = سينتهي تاريخه
item-instead = يصلح أيضًا
item-source = مصدر الاحتياج المتفق عليه:
lot-title = بطاقة: { $item }
lot-batch = دفعة { $batch }
lot-without-number = دفعة بلا رقم
lot-held = لا تُستعمل
lot-about = عن هذه الدفعة
lot-now = الموجود الآن
lot-came-from = جاءت من
lot-owner = معارة من
lot-card = كل القيود
lot-newest-first = الأحدث أولًا
lot-entry = القيد
lot-change = التغيّر
lot-after = بعده
lot-how = كيف نعرف
lot-put-right = صحّح
lot-count = عدّ
lot-seen = شوهد:
lot-corrected = مصحّح
lot-taken-back = مسحوب
lot-repeated = نقرة ثانية، لا تُحسب
lot-served-people = عدد الناس: { $n }
lot-served-households = عدد الأسر: { $n }
lot-late = قُيّد لاحقًا،
lot-was-negative = خرج أكثر مما كان معروفًا أنه موجود. عُدّ هذه الدفعة أو صحّح القيد الخاطئ.
lot-opened-twice = وُصفت هذه الدفعة بطريقتين مختلفتين. تُعتمد الأولى.
stock-no-need = لا حاجة يومية
