# لوحة الإرساليات
board-lead =
    { $waiting ->
        [0] { $open } جارية. لا شيء ينتظركم.
        [one] { $open } جارية، واحدة تنتظركم.
        [two] { $open } جارية، اثنتان تنتظرانكم.
       *[other] { $open } جارية، { $waiting } تنتظركم.
    }
board-empty = لا يُرسَل شيء الآن.
board-waits-for-you = ينتظركم
board-to-be-agreed = بانتظار الاتفاق
board-agreed = متفق عليه، بانتظار التحميل
board-on-the-way = في الطريق
board-arrived = وصل، وبقي شيء مفتوح
board-over = انتهى
board-from-to = من، إلى
board-stage = أين وصل
board-arrives = موعد الوصول المخطط:
board-five-numbers = الأرقام الخمسة
board-more-lines =
    { $n ->
        [one] وشيء واحد آخر
        [two] وشيئان آخران
        [few] و{ $n } أشياء أخرى
       *[other] و{ $n } شيئًا آخر
    }
counter-requested = مطلوب
counter-committed = موعود
counter-reserved = محجوز
counter-in-transit = في الطريق
counter-fulfilled = مستلم
counter-lost = ضاع في الطريق
