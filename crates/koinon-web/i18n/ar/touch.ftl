# من سُمع ومتى، وهل تتطابق الحسابات
touch-all =
    { $n ->
        [one] المجتمع على اتصال
        [two] المجتمعان على اتصال
        [few] كل المجتمعات على اتصال: { $n }
       *[other] كل المجتمعات على اتصال: { $n }
    }
touch-some = { $part } من { $all } مجتمعات على اتصال
touch-lead =
    { $n ->
        [one] على اتصال يعني: وصل خبر خلال اليوم الأخير.
        [two] على اتصال يعني: وصل خبر خلال آخر يومين.
        [few] على اتصال يعني: وصل خبر خلال آخر { $n } أيام.
       *[other] على اتصال يعني: وصل خبر خلال آخر { $n } يومًا.
    }
touch-who = من سُمع ومتى
touch-heard = آخر خبر
touch-now = الآن
touch-in-touch = على اتصال
touch-silent = لا أخبار
touch-here = هنا
touch-oldest = أقدم رقم
touch-last-count = آخر عدّ
touch-same = ملف المنطقة نفسه
touch-yes = نعم
touch-other-region = ملف آخر
adds-up-yes = نعم، كل شيء متطابق
adds-up-no =
    { $n ->
        [one] مجموع واحد لا يتطابق
        [two] مجموعان لا يتطابقان
        [few] { $n } مجاميع لا تتطابق
       *[other] { $n } مجموعًا لا يتطابق
    }
adds-up-lead = حُسب { $n } مجموعًا للتو، كل منها حتى آخر غرام أو مليلتر أو قطعة.
adds-up-how = ما دخل ناقص ما خرج يجب أن يساوي ما في الدفعات. وما أُرسل يجب أن يكون قد وصل أو عاد أو ضاع لسبب مذكور أو ما زال في الطريق.
adds-up-below-zero = خرج من هذه الدفعات أكثر مما كان معروفًا أنه موجود. لم يُغيَّر شيء؛ ينبغي أن ينظر أحد في الأمر.
adds-up-books = ما دخل وما خرج والموجود الآن
adds-up-members = تُعرض مجاميع كل شيء على الأعضاء الذين يسجلون الدخول.
adds-up-nothing = لا شيء يُجمع بعد
adds-up-nothing-yet = ما إن يُعدّ شيء حتى تظهر مجاميعه هنا.
adds-up-roads = على طرق المنطقة كلها
adds-up-roads-how = المرسل = الواصل + العائد + الضائع + ما في الطريق.
adds-up-came-in = دخل
adds-up-arrived = وصل من غيرنا
adds-up-used = استُعمل ووُزّع
adds-up-lost = ضاع
adds-up-sent = أُرسل
adds-up-counts = وُجد عند العدّ
adds-up-now = الموجود الآن
adds-up-verdict = متطابق؟
adds-up-ok = نعم
adds-up-off = الفرق
roads-sent = أُرسل
roads-arrived = وصل
roads-back = عاد
roads-lost = ضاع
roads-going = في الطريق
touch-no-line = لا خط إلى أحد؟
